package dev.lora4j.text.pipeline;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.data.TokenSequences;
import dev.lora4j.text.data.TruncatedText;
import dev.lora4j.text.encode.EncoderOutput;
import dev.lora4j.text.encode.EncoderPrograms;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.encode.TextEncoding;
import dev.lora4j.text.model.ClassifierHead;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.token.TextTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Pipeline of an encoder, for classes and vectors of texts: a loaded encoder with its tokeniser,
 * and its programs.
 *
 * <p>Several threads may use it at once. Whoever loads it closes it.
 */
public final class TextClassifier implements AutoCloseable {
  /** How many texts are encoded at once at most. */
  static final int BATCH = 32;

  private final Scope scope;
  private final TextModel base;
  private final EncoderNetwork network;
  private final List<String> labels;
  private final TextTokenizer tokenizer;
  private final TextEncoding encoding;

  private TextClassifier(
      Scope scope, TextModel base, List<String> wanted, Optional<ClassifierHead> head) {
    this.scope = scope;
    this.base = base;
    Path folder = base.path();
    if (!(base.network() instanceof EncoderNetwork encoder)) {
      throw new IllegalArgumentException(
          folder
              + " was saved without a head for classes; take a model that was saved with one, or load it"
              + " with the classes that an adapter or texts have.");
    }
    network = encoder;
    boolean own = wanted.isEmpty() || Set.copyOf(encoder.labels()).equals(Set.copyOf(wanted));
    // The head of a folder that tells classes of words is of no use for whole texts.
    boolean words = encoder.perToken() && !head.map(ClassifierHead::perToken).orElse(false);
    labels = words ? List.of() : own ? encoder.labels() : List.copyOf(wanted);
    try {
      tokenizer = scope.own(TextTokenizer.load(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read the tokenizer in " + folder + ": " + RegularFile.trouble(e) + ".", e);
    }
    tokenizer.requireFits(network.vocabulary());
    encoding = new TextEncoding(new EncoderPrograms(scope, base, network));
  }

  /** On a loaded base with a head. */
  TextClassifier(Scope scope, TextModel base, EncoderNetwork network, TextTokenizer tokenizer) {
    this.scope = scope;
    this.base = base;
    this.network = network;
    this.labels = network.labels();
    this.tokenizer = tokenizer;
    this.encoding = new TextEncoding(new EncoderPrograms(scope, base, network));
  }

  /** Loads a folder in the layout of transformers, with the head that it has, if it has one. */
  public static TextClassifier open(Lora4j lora, Path folder) {
    return open(lora, folder, List.of());
  }

  /**
   * Loads a folder in the layout of transformers, with a head for these classes. What the folder
   * has not got of it starts from chance, until an adapter brings it or it is trained.
   *
   * @param labels names of the classes, such as {@link AdapterClasses#of} finds
   */
  public static TextClassifier open(Lora4j lora, Path folder, List<String> labels) {
    return open(lora.engine().scope("text classifier"), folder, DType.F32, labels, 0);
  }

  /**
   * Loads a folder in the layout of transformers.
   *
   * @param scope owner of the model, which is closed with it
   * @param compute F32, or BF16 where the processor or card is fast at it
   * @param labels names of the classes; none for the head that the folder has
   * @param seed of chance, from which a new head starts
   * @throws dev.lora4j.core.model.ModelException if it is no such model, or not whole, with all
   *     that is missing or does not fit
   */
  public static TextClassifier open(
      Scope scope, Path folder, DType compute, List<String> labels, long seed) {
    return open(scope, folder, TextLoadOptions.in(compute), labels, seed);
  }

  /**
   * Loads a folder in the layout of transformers.
   *
   * @param scope owner of the model, which is closed with it
   * @param options precision and context
   * @param labels names of the classes; none for the head that the folder has
   * @param seed of chance, from which a new head starts
   * @throws dev.lora4j.core.model.ModelException as above
   */
  public static TextClassifier open(
      Scope scope, Path folder, TextLoadOptions options, List<String> labels, long seed) {
    try {
      Optional<ClassifierHead> head =
          labels.isEmpty()
              ? Optional.empty()
              : Optional.of(new ClassifierHead(labels.size(), seed));
      TextModel base =
          head.map(h -> TextModel.load(scope, folder, options, h))
              .orElseGet(() -> TextModel.load(scope, folder, options));
      return new TextClassifier(scope, base, labels, head);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** Loads a folder with a head, whose classes have these names. */
  static TextClassifier open(
      Scope scope, Path folder, TextLoadOptions options, List<String> labels, ClassifierHead head) {
    TextModel base = TextModel.load(scope, folder, options, head);
    return new TextClassifier(scope, base, labels, Optional.of(head));
  }

  /** Loads a folder for vectors of texts. */
  static TextClassifier openEncoder(Scope scope, Path folder, TextLoadOptions options) {
    TextModel base = TextModel.loadEncoder(scope, folder, options);
    return new TextClassifier(scope, base, List.of(), Optional.empty());
  }

  /** The loaded base. */
  public TextModel base() {
    return base;
  }

  /** The network. */
  public EncoderNetwork network() {
    return network;
  }

  /** Names of the classes in the order of their numbers; none if there is no head. */
  public List<String> labels() {
    return labels;
  }

  /** Tokeniser of the texts. */
  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  /** Owner of the model's memory. */
  public Scope scope() {
    return scope;
  }

  /**
   * Reads an adapter for this base.
   *
   * @throws dev.lora4j.core.adapter.AdapterException with the account of its keys, if it cannot be
   *     used whole
   */
  public Adapter adapter(Path path) {
    return loadAdapter(path, ReadOptions.STRICT).adapter();
  }

  /** Reads an adapter for this base, with the account of its keys. */
  public LoadedAdapter loadAdapter(Path path, ReadOptions options) {
    return AdapterFiles.read(path, base.family(), options);
  }

  /**
   * Divides texts with their classes into tokens.
   *
   * @throws dev.lora4j.text.data.TextDataException with all texts of other classes
   * @throws IllegalArgumentException if the data has no classes
   */
  public TokenSequences sequences(TextDataSet data, SequenceLimits limits) {
    if (data.form() != TextForm.LABELLED || limits.pack()) {
      throw new IllegalArgumentException(
          base.path()
              + " tells classes apart, one text at a time: give it lines with "
              + TextForm.LABELLED
              + ", not "
              + data.form()
              + (limits.pack() ? " packed" : "")
              + ".");
    }
    return TokenSequences.of(data, tokenizer, limits, labels);
  }

  /** A text as the network reads it; what is longer than that is cut. */
  public EncoderText text(String text) {
    return EncoderText.of(TruncatedText.of(tokenizer.encode(text), tokenizer, network.longest()));
  }

  /** The classes of texts, without adapters. */
  public List<ClassProbabilities> classify(List<String> texts) {
    return classify(texts, Collections.nCopies(texts.size(), MixPlan.NONE));
  }

  /**
   * The classes of texts.
   *
   * @param mixes adapters of each
   * @throws dev.lora4j.core.model.ModelException if the model has no head
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public List<ClassProbabilities> classify(List<String> texts, List<MixPlan> mixes) {
    return classified(texts(texts, mixes), done -> {});
  }

  /**
   * The classes of texts in tokens, each with its adapters.
   *
   * @param listener receives the number that are done
   */
  public List<ClassProbabilities> classified(List<EncoderText> texts, IntConsumer listener) {
    return encoded(EncoderOutput.LABELS, texts, listener).stream()
        .map(logits -> ClassProbabilities.of(labels, logits))
        .toList();
  }

  /** The mean of the tokens' vectors of each text, F32 [width], not normed; without adapters. */
  public List<float[]> embeddings(List<String> texts) {
    return embeddings(texts, Collections.nCopies(texts.size(), MixPlan.NONE));
  }

  /**
   * The mean of the tokens' vectors of each text, F32 [width], not normed.
   *
   * @param mixes adapters of each
   */
  public List<float[]> embeddings(List<String> texts, List<MixPlan> mixes) {
    return encoded(EncoderOutput.MEAN, texts(texts, mixes), done -> {});
  }

  private List<EncoderText> texts(List<String> texts, List<MixPlan> mixes) {
    if (texts.size() != mixes.size()) {
      throw new IllegalArgumentException(
          "There are %d texts and adapters for %d; give each text its own, if only none."
              .formatted(texts.size(), mixes.size()));
    }
    return IntStream.range(0, texts.size())
        .mapToObj(i -> text(texts.get(i)).with(mixes.get(i)))
        .toList();
  }

  /**
   * An output of each text. Texts of like lengths go together, so that little is padded.
   *
   * @param listener receives the number that are done
   */
  List<float[]> encoded(EncoderOutput output, List<EncoderText> texts, IntConsumer listener) {
    List<Integer> order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -texts.get(i).ids().length))
            .toList();
    float[][] found = new float[texts.size()][];
    for (int from = 0; from < order.size(); from += BATCH) {
      List<Integer> batch = order.subList(from, Math.min(order.size(), from + BATCH));
      List<float[]> rows = encoding.of(output, batch.stream().map(texts::get).toList());
      for (int row = 0; row < rows.size(); row++) {
        found[batch.get(row)] = rows.get(row);
      }
      listener.accept(from + batch.size());
    }
    return List.of(found);
  }

  @Override
  public void close() {
    scope.close();
    scope.engine().trimMemory();
  }
}
