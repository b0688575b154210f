package dev.lora4j.text.pipeline;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.chat.ChatTemplate;
import dev.lora4j.text.data.RewardPairs;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.encode.EncoderOutput;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.model.ClassifierHead;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.LastTokenClassifier;
import dev.lora4j.text.token.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Pipeline of a reward model: a decoder whose head gives one number for a text, read at its last
 * token, as transformers' {@code ForSequenceClassification} with one label has it. The greater it
 * is, the better the text; two rewards say something by their difference alone.
 *
 * <p>Several threads may use it at once. Whoever loads it closes it; a copy {@linkplain #with with
 * other adapters} shares what it has, and need not be closed.
 */
public final class RewardModel implements AutoCloseable {
  private static final List<String> ONE = List.of("LABEL_0");

  private final TextClassifier scorer;
  private final Optional<ChatTemplate> template;
  private final MixPlan mix;

  private RewardModel(TextClassifier scorer, Optional<ChatTemplate> template, MixPlan mix) {
    this.scorer = scorer;
    this.template = template;
    this.mix = mix;
  }

  /**
   * Loads a base and an adapter that was trained as a reward model, to compute in F32.
   *
   * @param adapter see {@link RewardAdapters#require}
   * @throws IllegalArgumentException if one of them cannot be a reward model
   */
  public static RewardModel open(Lora4j lora, Path base, Path adapter) {
    return open(lora.engine().scope("reward model"), base, TextLoadOptions.in(DType.F32), adapter);
  }

  /**
   * Loads a base and an adapter that was trained as a reward model.
   *
   * @param scope owner of the model, which is closed with it
   * @param options precision and context
   * @param adapter see {@link RewardAdapters#require}
   * @throws IllegalArgumentException if one of them cannot be a reward model
   */
  public static RewardModel open(Scope scope, Path base, TextLoadOptions options, Path adapter) {
    RewardModel model = open(scope, base, options, 0);
    try {
      RewardAdapters.require(adapter);
      return model.with(MixPlan.of(model.adapter(adapter), 1));
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /**
   * Loads a base without adapters: one that was saved as a reward model, or any decoder, whose head
   * then starts from chance until an adapter brings it or it is trained.
   *
   * @param scope owner of the model, which is closed with it
   * @param options precision and context
   * @param seed of chance
   * @throws IllegalArgumentException if it is no decoder, or has a head for several classes
   * @throws ModelException if it is no language model, or not whole
   */
  public static RewardModel open(Scope scope, Path base, TextLoadOptions options, long seed) {
    try {
      require(base);
      TextClassifier scorer = TextClassifier.open(scope, base, options, ONE, seed);
      return new RewardModel(scorer, ChatTemplate.of(scorer.tokenizer()), MixPlan.NONE);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /**
   * A reward model on the base of a loaded language model, of which no second copy is made.
   *
   * @param owner of what it has beside the base; to be closed before the language model
   * @param adapter see {@link RewardAdapters#require}
   * @throws IllegalArgumentException if one of them cannot be a reward model
   */
  public static RewardModel on(Scope owner, LanguageModel model, Path adapter) {
    RewardAdapters.require(adapter);
    require(model.base().path(), model.network());
    TextModel base = model.base().withHead(owner, new ClassifierHead(1, 0));
    TextClassifier scorer =
        new TextClassifier(owner, base, (LastTokenClassifier) base.network(), model.tokenizer());
    Adapter judge = scorer.adapter(adapter);
    return new RewardModel(scorer, model.template(), MixPlan.of(judge, 1));
  }

  /**
   * Refuses a base that no reward model is made of, before its weights are read.
   *
   * @throws IllegalArgumentException if it is no decoder, or has a head for several classes
   * @throws ModelException if it is no language model
   */
  public static void require(Path base) {
    require(base, TextModelOutline.network(base));
  }

  private static void require(Path base, LanguageNetwork network) {
    if (network instanceof CausalNetwork) {
      return;
    } else if (!(network instanceof LastTokenClassifier head)) {
      throw new IllegalArgumentException(
          base
              + " has an encoder, and a reward model is a decoder that reads its number at the last"
              + " token of a text. Take a model that goes on from texts, such as a LLaMA, Qwen,"
              + " Gemma or GPT-2.");
    } else if (head.labels().size() > 1) {
      throw new IllegalArgumentException(
          base
              + " has a head that tells "
              + head.labels().size()
              + " classes apart ("
              + String.join(", ", head.labels())
              + "), and that of a reward model gives one number. Take the model that it was made"
              + " of, or one that was saved with num_labels 1.");
    }
  }

  /** The same model with these adapters, which have to bring the head if the base has none. */
  public RewardModel with(MixPlan adapters) {
    return new RewardModel(scorer, template, adapters);
  }

  /** The base with its head. */
  public TextModel base() {
    return scorer.base();
  }

  /** Adapters that rewards are given with. */
  public MixPlan mix() {
    return mix;
  }

  /** Tokeniser of the texts. */
  public TextTokenizer tokenizer() {
    return scorer.tokenizer();
  }

  /** Owner of the model's memory. */
  public Scope scope() {
    return scorer.scope();
  }

  /** The network: a decoder with a head of one number. */
  public LastTokenClassifier network() {
    return (LastTokenClassifier) scorer.network();
  }

  /**
   * Reads an adapter for this base.
   *
   * @throws dev.lora4j.core.adapter.AdapterException with the account of its keys, if it cannot be
   *     used whole
   */
  public Adapter adapter(Path path) {
    return scorer.adapter(path);
  }

  /** Reads an adapter for this base, with the account of its keys. */
  public LoadedAdapter loadAdapter(Path path, ReadOptions options) {
    return scorer.loadAdapter(path, options);
  }

  /**
   * The pairs of a data set as tokens.
   *
   * @param longest number of tokens of the longest text
   * @throws IllegalArgumentException if they are of another form
   * @throws dev.lora4j.text.data.TextDataException with all examples that cannot be used
   */
  public RewardPairs pairs(TextDataSet data, int longest) {
    return template
        .map(how -> RewardPairs.of(data, tokenizer(), how, longest))
        .orElseGet(() -> RewardPairs.of(data, tokenizer(), longest));
  }

  /** The reward of a completion of a prompt. */
  public double reward(String prompt, String completion) {
    return rewards(List.of(text(prompt, completion, true)), done -> {}).get(0);
  }

  /**
   * The reward of a conversation, whose last message is judged.
   *
   * @throws IllegalArgumentException if the model has no chat template
   */
  public double reward(List<ChatMessage> conversation) {
    return rewards(List.of(text(conversation)), done -> {}).get(0);
  }

  /**
   * A completion of a prompt in tokens, as in training.
   *
   * @param ended false for a completion that was cut, which no end token follows
   * @throws IllegalArgumentException if it is longer than the model reads
   */
  public EncoderText text(String prompt, String completion, boolean ended) {
    return text(RewardPairs.ids(prompt, completion, ended, tokenizer()));
  }

  /**
   * A conversation in tokens, as in training.
   *
   * @throws IllegalArgumentException if it is longer than the model reads, or the model has no chat
   *     template
   */
  public EncoderText text(List<ChatMessage> conversation) {
    ChatTemplate how =
        template.orElseThrow(
            () ->
                new IllegalArgumentException(
                    base().path()
                        + " has no chat template, so it takes no conversations; give texts."));
    return text(RewardPairs.ids(conversation, tokenizer(), how));
  }

  /**
   * A text in tokens.
   *
   * @throws IllegalArgumentException if it has none, or is longer than the model reads
   */
  public EncoderText text(int... ids) {
    int longest = network().longest();
    if (ids.length > longest) {
      throw new IllegalArgumentException(
          "A text has "
              + ids.length
              + " tokens, and "
              + base().path()
              + " reads at most "
              + longest
              + ". Nothing is cut, as its end is what is judged; give a shorter one.");
    }
    return EncoderText.of(ids);
  }

  /**
   * The rewards of texts in tokens, with the adapters of this model.
   *
   * @param listener receives the number that are done
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public List<Double> rewards(List<EncoderText> texts, IntConsumer listener) {
    List<EncoderText> adapted = texts.stream().map(text -> text.with(mix)).toList();
    return scorer.encoded(EncoderOutput.LABELS, adapted, listener).stream()
        .map(one -> (double) one[0])
        .toList();
  }

  @Override
  public void close() {
    scorer.close();
  }
}
