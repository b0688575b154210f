package dev.lora4j.text.pipeline;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.encode.SentencePooling;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Pipeline of an encoder for embeddings: one vector for each text, as sentence-transformers makes
 * it with the folder's {@code modules.json}; without that file, the mean of the text's tokens, not
 * normed.
 *
 * <p>Several threads may use it at once. Whoever opens it closes it.
 */
public final class SentenceEncoder implements AutoCloseable {
  private final TextClassifier model;
  private final SentencePooling pooling;

  private SentenceEncoder(TextClassifier model) {
    this.model = model;
    this.pooling = SentencePooling.of(model.base().path(), model.network().longest());
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
    return open(lora, folder, BasePrecision.in(compute));
  }

  /**
   * Loads a folder in the layout of transformers. A head for classes is of no effect.
   *
   * @param precision how large weights are rounded, beside the type to compute in
   * @throws dev.lora4j.core.model.ModelException as above
   */
  public static SentenceEncoder open(Lora4j lora, Path folder, BasePrecision precision) {
    Scope scope = lora.engine().scope("sentence encoder");
    try {
      return new SentenceEncoder(TextClassifier.open(scope, folder, precision, List.of(), 0));
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
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
   * A text as the encoder reads it, without adapters.
   *
   * @throws IllegalArgumentException if it has no tokens, or more than the encoder reads
   */
  public EncoderText text(String text) {
    int[] ids = model.tokenizer().encode(text);
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
