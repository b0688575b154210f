package dev.lora4j.text.pipeline;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.data.MatchedTexts;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TruncatedText;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.encode.SentencePooling;
import dev.lora4j.text.encode.SentencePrompts;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.network.EncoderNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Pipeline of an encoder for embeddings: one vector for each text, as sentence-transformers makes
 * it with the folder's {@code modules.json}; without that file, the mean of the text's tokens, not
 * normed. A decoder is one where the folder has that file.
 *
 * <p>Several threads may use it at once. Whoever opens it closes it.
 */
public final class SentenceEncoder implements AutoCloseable {
  private final TextClassifier model;
  private final SentencePooling pooling;
  private final SentencePrompts prompts;

  private SentenceEncoder(TextClassifier model, SentencePooling pooling, SentencePrompts prompts) {
    this.model = model;
    this.pooling = pooling;
    this.prompts = prompts;
  }

  /**
   * Refuses a base that is no encoder, before its weights are read.
   *
   * @throws IllegalArgumentException if it writes texts
   * @throws dev.lora4j.core.model.ModelException if it is no language model
   */
  public static void require(Path base) {
    if (!reads(base)) {
      throw new IllegalArgumentException(
          base
              + " writes texts, and embeddings of sentences are those of an encoder. Take one, such as"
              + " a BERT or MiniLM, or a decoder with a modules.json of sentence-transformers.");
    }
  }

  /**
   * True if a base makes embeddings, before its weights are read: an encoder, or a decoder whose
   * folder says how.
   *
   * @throws dev.lora4j.core.model.ModelException if it is no language model
   */
  public static boolean reads(Path base) {
    return TextModelOutline.network(base) instanceof EncoderNetwork
        || (SentencePooling.described(base)
            && TextModelOutline.encoder(base) instanceof EncoderNetwork);
  }

  /** Loads a folder in the layout of transformers, to compute in F32. */
  public static SentenceEncoder open(Lora4j lora, Path folder) {
    return open(lora, folder, DType.F32);
  }

  /**
   * Loads a folder in the layout of transformers. A head for classes is of no effect.
   *
   * @param compute F32, or BF16 where the processor or card is fast at it
   * @throws dev.lora4j.core.model.ModelException if it is no such model, or not whole, or if its
   *     way to one vector is not known
   */
  public static SentenceEncoder open(Lora4j lora, Path folder, DType compute) {
    return open(lora, folder, TextLoadOptions.in(compute));
  }

  /**
   * Loads a folder in the layout of transformers. A head for classes is of no effect.
   *
   * @param options precision and context
   * @throws dev.lora4j.core.model.ModelException as above
   */
  public static SentenceEncoder open(Lora4j lora, Path folder, TextLoadOptions options) {
    return open(lora.engine().scope("sentence encoder"), folder, options);
  }

  /**
   * Loads a folder in the layout of transformers. A head for classes is of no effect.
   *
   * @param scope owner of the model, which is closed with it
   * @param options precision and context
   * @throws dev.lora4j.core.model.ModelException as above
   */
  public static SentenceEncoder open(Scope scope, Path folder, TextLoadOptions options) {
    try {
      require(folder);
      TextClassifier model = TextClassifier.openEncoder(scope, folder, options);
      SentencePooling pooling = SentencePooling.of(model.base().path(), model.network().longest());
      return new SentenceEncoder(model, pooling, SentencePrompts.of(model.base().path()));
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** The same encoder with other prompts; one of the two is closed. */
  public SentenceEncoder prompts(SentencePrompts other) {
    return new SentenceEncoder(model, pooling, other);
  }

  /** Prompts before texts. */
  public SentencePrompts prompts() {
    return prompts;
  }

  /** The way from tokens to one vector. */
  public SentencePooling pooling() {
    return pooling;
  }

  /** The loaded encoder. */
  public TextClassifier model() {
    return model;
  }

  /** How many texts are encoded at once at most. */
  public int rows() {
    return TextClassifier.BATCH;
  }

  /** Numbers of an embedding. */
  public int width() {
    return model.network().width();
  }

  /**
   * Reads an adapter for this encoder.
   *
   * @throws dev.lora4j.core.adapter.AdapterException with the account of its keys, if it cannot be
   *     used whole
   */
  public Adapter adapter(Path path) {
    return model.adapter(path);
  }

  /**
   * A text as the encoder reads it, without adapters, behind the prompt that texts have of which no
   * use is said.
   *
   * @throws IllegalArgumentException if it has no tokens, or more than the encoder reads
   */
  public EncoderText text(String text) {
    return read(prompts.plain() + text);
  }

  /** {@link #text} behind the prompt of what is searched for. */
  public EncoderText query(String text) {
    return read(prompts.query() + text);
  }

  /** {@link #text} behind the prompt of what is found. */
  public EncoderText document(String text) {
    return read(prompts.document() + text);
  }

  /**
   * The examples of a data set of texts that belong together as tokens, behind the prompts of
   * queries and documents, cut at what the encoder reads.
   *
   * @throws IllegalArgumentException if they are of another form
   * @throws dev.lora4j.text.data.TextDataException with all examples that cannot be used
   */
  public MatchedTexts matches(TextDataSet data, SequenceLimits limits) {
    int longest = Math.min(limits.longest(), pooling.longest());
    return MatchedTexts.of(
        data,
        model.tokenizer(),
        text -> pooling.read(prompts.query() + text),
        text -> pooling.read(prompts.document() + text),
        new SequenceLimits(longest, limits.longer(), limits.pack()));
  }

  /**
   * A text behind a prompt as the encoder reads it, without adapters; what is longer than that is
   * cut.
   *
   * @param prompt one of {@link #prompts}, or another
   * @throws IllegalArgumentException if it has no tokens
   */
  public EncoderText shortened(String prompt, String text) {
    int[] ids = model.tokenizer().encode(pooling.read(prompt + text));
    return EncoderText.of(TruncatedText.of(ids, model.tokenizer(), pooling.longest()));
  }

  /** Number of tokens that a text has behind a prompt, those that the model adds included. */
  public int tokens(String prompt, String text) {
    return model.tokenizer().encode(pooling.read(prompt + text)).length;
  }

  private EncoderText read(String text) {
    int[] ids = model.tokenizer().encode(pooling.read(text));
    if (ids.length == 0 || ids.length > pooling.longest()) {
      throw new IllegalArgumentException(
          "A text has "
              + ids.length
              + " tokens; this encoder reads 1 to "
              + pooling.longest()
              + ". "
              + (ids.length == 0 ? "Leave it out." : "Cut it."));
    }
    return EncoderText.of(ids);
  }

  /** The embedding of each text, F32 [width]. */
  public List<float[]> encode(List<EncoderText> texts) {
    return encode(texts, done -> {});
  }

  /**
   * The embedding of each text, F32 [width].
   *
   * @param listener receives the number that are done, and may end the work by an exception
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public List<float[]> encode(List<EncoderText> texts, IntConsumer listener) {
    return model.encoded(pooling.output(), texts, listener).stream()
        .map(pooling::embedding)
        .toList();
  }

  @Override
  public void close() {
    model.close();
  }
}
