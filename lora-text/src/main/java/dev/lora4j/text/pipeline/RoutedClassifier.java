package dev.lora4j.text.pipeline;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.encode.EncoderOutput;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.model.ClassLabels;
import dev.lora4j.text.model.ClassifierHead;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelOutline;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Pipeline of one encoder with several adapters that each bring a head with classes of their own;
 * each text names the adapter that tells its class. Weights of the base are never changed, so
 * another adapter is another row of the same batch.
 *
 * <p>Several threads may use it at once; texts that wait are computed together, whatever their
 * adapters. Whoever opens it closes it, after the last call.
 */
public final class RoutedClassifier implements AutoCloseable {
  /** A text as the network reads it, and the adapter that it names. */
  private record Request(AdapterHead head, EncoderText text) {}

  private final TextClassifier model;
  private final int most;
  private final Map<String, AdapterHead> heads = new ConcurrentHashMap<>();

  /** Layers of the base with heads of other sizes; to lay them out takes longer than to read. */
  private final Map<Integer, Family> layers = new ConcurrentHashMap<>();

  private final CoalescedRequests<Request, ClassProbabilities> requests =
      new CoalescedRequests<>(TextClassifier.BATCH, this::answers);

  private RoutedClassifier(TextClassifier model, int most) {
    this.model = model;
    this.most = most;
  }

  /** Loads a folder in the layout of transformers, to compute in F32, and adapters by name. */
  public static RoutedClassifier open(Lora4j lora, Path folder, Map<String, Path> adapters) {
    return open(
        lora.engine().scope("routed classifier"), folder, TextLoadOptions.in(DType.F32), adapters);
  }

  /**
   * Loads a folder in the layout of transformers, and adapters by name.
   *
   * @param scope owner of the model, which is closed with it
   * @param options precision and context
   * @param adapters files or folders of PEFT; one at least
   * @throws dev.lora4j.core.model.ModelException if it is no such model, or not whole
   * @throws dev.lora4j.core.adapter.AdapterException if an adapter cannot be used whole
   * @throws IllegalArgumentException if there is no adapter, or one has no head for classes
   */
  public static RoutedClassifier open(
      Scope scope, Path folder, TextLoadOptions options, Map<String, Path> adapters) {
    try {
      int most =
          adapters.entrySet().stream()
              .mapToInt(e -> AdapterHead.requireLabels(e.getKey(), e.getValue()).size())
              .max()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException("Name one adapter or more, to route texts to."));
      TextClassifier model =
          TextClassifier.open(scope, folder, options, ClassLabels.numbered(most), 0);
      RoutedClassifier routed = new RoutedClassifier(model, most);
      adapters.forEach(routed::add);
      return routed;
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Adds an adapter, or replaces the one of this name for texts that come from now on.
   *
   * @throws IllegalArgumentException if it has no head for classes, or more classes than any that
   *     this was opened with
   * @throws dev.lora4j.core.adapter.AdapterException if it cannot be used whole
   */
  public void add(String name, Path adapter) {
    List<String> labels = AdapterHead.requireLabels(name, adapter);
    int classes = labels.size();
    if (classes > most) {
      throw new IllegalArgumentException(
          "The adapter '%s' tells %d classes apart; this encoder was opened for %d at most. Open it with that adapter."
              .formatted(name, classes, most));
    }
    heads.put(name, AdapterHead.read(name, adapter, labels, layers(classes), base()));
  }

  private Family layers(int classes) {
    return layers.computeIfAbsent(
        classes,
        n ->
            TextModelOutline.layers(base().path(), base().kind().name(), new ClassifierHead(n, 0)));
  }

  /** Removes an adapter; texts that it was asked about before are answered. */
  public void remove(String name) {
    heads.remove(name);
  }

  /** Names of the adapters, sorted. */
  public List<String> names() {
    return List.copyOf(new TreeSet<>(heads.keySet()));
  }

  /**
   * Classes of an adapter.
   *
   * @throws IllegalArgumentException if none has this name
   */
  public List<String> labels(String name) {
    return head(name).labels();
  }

  /** The loaded base. */
  public TextModel base() {
    return model.base();
  }

  /**
   * Tells the class of a text by an adapter. Waits for its turn.
   *
   * @throws IllegalArgumentException if no adapter has this name
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public ClassProbabilities classify(String name, String text) {
    return requests.answer(new Request(head(name), model.text(text)));
  }

  /**
   * Tells the class of each text by the adapter of the same place, in batches.
   *
   * @param names of adapters, one for each text
   * @throws IllegalArgumentException if there are more or fewer names than texts, or no adapter has
   *     one of them
   */
  public List<ClassProbabilities> classify(List<String> names, List<String> texts) {
    if (names.size() != texts.size()) {
      throw new IllegalArgumentException(
          "There are %d texts and names of adapters for %d; name one for each."
              .formatted(texts.size(), names.size()));
    }
    List<Request> all =
        IntStream.range(0, texts.size())
            .mapToObj(i -> new Request(head(names.get(i)), model.text(texts.get(i))))
            .toList();
    return answers(all);
  }

  private AdapterHead head(String name) {
    AdapterHead head = heads.get(name);
    if (head == null) {
      throw new IllegalArgumentException(
          "There is no adapter '" + name + "'; there are " + String.join(", ", names()) + ".");
    }
    return head;
  }

  private List<ClassProbabilities> answers(List<Request> all) {
    List<EncoderText> texts = all.stream().map(r -> r.text().with(r.head().mix())).toList();
    List<float[]> logits = model.encoded(EncoderOutput.LABELS, texts, done -> {});
    return IntStream.range(0, all.size())
        .mapToObj(i -> all.get(i).head().probabilities(logits.get(i)))
        .toList();
  }

  @Override
  public void close() {
    model.close();
  }
}
