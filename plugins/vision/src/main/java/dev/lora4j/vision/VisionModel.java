package dev.lora4j.vision;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.format.writing.BaseUsage;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.ConvertedWeights;
import dev.lora4j.core.model.KnownBases;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.NetworkWeights;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.Initialiser;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.vision.data.PicturePreparation;
import dev.lora4j.vision.network.PreprocessorConfig;
import dev.lora4j.vision.network.ResNet;
import dev.lora4j.vision.network.ResNetFiles;
import dev.lora4j.vision.network.ResNetSizes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A ResNet that tells classes of pictures, with adapters.
 *
 * <p>Several threads may use it at once. Whoever loads it closes it.
 */
public final class VisionModel implements AutoCloseable {
  /**
   * Prefix of the names of its sites. It is that of all models that are one network, so that tools
   * for adapters, which read layers from files alone, call them the same.
   */
  public static final String MODEL = Components.LANGUAGE_MODEL;

  private final Scope scope;
  private final Path path;
  private final ResNet network;
  private final List<String> labels;
  private final BasePrecision precision;
  private final PicturePreparation preparation;
  private final WeightStore weights;
  private final SiteCatalogue sites;
  private final List<Path> files;
  private final List<String> notes;
  private final boolean newHead;
  private final PictureClassification classification;
  private String hash = "";

  private VisionModel(
      Scope scope, Path path, BasePrecision precision, List<String> wanted, long seed) {
    this.scope = scope;
    this.path = path;
    this.precision = precision;
    try (ResNetFiles source = ResNetFiles.open(path)) {
      preparation = prepared(path);
      files = source.weights();
      newHead = !wanted.isEmpty() && !wanted.equals(source.labels());
      labels = newHead ? List.copyOf(wanted) : source.labels();
      network = new ResNet(source.sizes().labels(labels.size()));
      List<Parameter> all = Network.walk(MODEL, DType.F32, staging(SiteAdapters.NONE, DType.F32));
      List<Parameter> started = all.stream().filter(p -> newHead && head(p.name())).toList();
      List<Parameter> stored = all.stream().filter(p -> !started.contains(p)).toList();
      ConvertedWeights conversion =
          ConvertedWeights.of(precision, files, (model, parameter) -> !head(parameter.name()));
      WeightStore loaded =
          Optional.ofNullable(
                  NetworkWeights.load(scope, path, source, Map.of(MODEL, stored), conversion)
                      .get(MODEL))
              .orElseThrow();
      weights = loaded.with(start(started, seed));
      notes = new ArrayList<>(conversion.notes());
      if (newHead) {
        notes.add(
            "The base does not tell these classes apart: its head starts from chance, until an"
                + " adapter brings it or it is trained.");
      }
    }
    sites = catalogue(network);
    classification = new PictureClassification(this);
  }

  /** The way of pictures that a folder's configuration, or the size that a file's header says. */
  private static PicturePreparation prepared(Path path) {
    PicturePreparation usual = PreprocessorConfig.of(path);
    OptionalInt size = VisionClasses.size(path);
    return size.isPresent() ? usual.sized(size.getAsInt()) : usual;
  }

  /** Loads a model with the head that it has, to compute in F32. */
  public static VisionModel open(Lora4j lora, Path path) {
    return open(lora, path, List.of());
  }

  /**
   * Loads a model with a head for these classes, to compute in F32. Where they are not those of the
   * model, the head starts from chance, until an adapter brings it or it is trained.
   *
   * @param labels names of the classes, such as {@link VisionClasses#of} finds; none for the
   *     model's own
   */
  public static VisionModel open(Lora4j lora, Path path, List<String> labels) {
    Scope scope = lora.engine().scope("vision model");
    return open(scope, path, BasePrecision.in(DType.F32), labels, 0);
  }

  /**
   * Loads a model.
   *
   * @param scope owner of the model, which is closed with it
   * @param path a {@code .safetensors} file with torchvision's names, or a folder of transformers
   * @param precision type to compute in, and how large weights are rounded
   * @param labels names of the classes; none for the model's own
   * @param seed of chance, from which a new head starts
   * @throws ModelException if it is no ResNet, or not whole, with all that is missing
   */
  public static VisionModel open(
      Scope scope, Path path, BasePrecision precision, List<String> labels, long seed) {
    try {
      return new VisionModel(scope, path, precision, labels, seed);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Classes of a model's own head, before it is loaded; none if it has no head.
   *
   * @throws ModelException if it is no ResNet, or is to get pictures in a way that is not supported
   */
  public static List<String> outline(Path path) {
    PreprocessorConfig.of(path);
    try (ResNetFiles files = ResNetFiles.open(path)) {
      return files.labels();
    }
  }

  /**
   * Layers of a model, before it is loaded, as readers of adapters need them.
   *
   * @param count classes of an adapter's head; 0 for those of the model
   */
  public static Family layers(Path path, int count) {
    try (ResNetFiles files = ResNetFiles.open(path)) {
      ResNetSizes sizes = files.sizes();
      return family(path, catalogue(new ResNet(count == 0 ? sizes : sizes.labels(count))));
    }
  }

  private static Family family(Path path, SiteCatalogue sites) {
    return Family.of(String.valueOf(path.toAbsolutePath().normalize().getFileName()), sites);
  }

  static SiteCatalogue catalogue(ResNet network) {
    List<Site> all = new ArrayList<>();
    SiteAdapters collecting =
        (site, x, y) -> {
          all.add(site);
          return y;
        };
    Network.walk(MODEL, DType.F32, staging(network, collecting, DType.F32));
    return new SiteCatalogue(all);
  }

  private static Network.Staging staging(ResNet network, SiteAdapters adapters, DType compute) {
    return (graph, weights) ->
        List.of(network.logits(weights.apply(adapters), ResNet.declare(graph), compute));
  }

  private Network.Staging staging(SiteAdapters adapters, DType compute) {
    return staging(network, adapters, compute);
  }

  private boolean head(String parameter) {
    return parameter.startsWith(network.sizes().names().head() + ".");
  }

  /** First values of a new head, which depend on the seed and the names alone. */
  private Map<String, Tensor> start(List<Parameter> parameters, long seed) {
    FlatLayout layout = FlatLayout.of(parameters);
    float[] flat = Initialiser.fill(layout, seed);
    Map<String, Tensor> tensors = new HashMap<>();
    for (FlatLayout.Slot slot : layout.slots()) {
      int from = Math.toIntExact(slot.offset());
      int to = from + Math.toIntExact(slot.parameter().shape().elements());
      float[] own = Arrays.copyOfRange(flat, from, to);
      try (Tensor values = Tensor.of(scope, slot.parameter().shape(), own)) {
        tensors.put(slot.parameter().name(), values.to(scope, precision.compute()));
      }
    }
    return tensors;
  }

  /** Owner of the model's memory. */
  public Scope scope() {
    return scope;
  }

  /** Folder or file of the model. */
  public Path path() {
    return path;
  }

  /** The network. */
  public ResNet network() {
    return network;
  }

  /** Names of the classes in the order of their numbers; none if there is no head. */
  public List<String> labels() {
    return labels;
  }

  /** True if the head started from chance. */
  public boolean newHead() {
    return newHead;
  }

  /** Name of the head's layer among the {@link #sites}. */
  public String head() {
    return MODEL + "." + network.sizes().names().head();
  }

  /** The way from pictures to the network's input. */
  public PicturePreparation preparation() {
    return preparation;
  }

  /** Compute type, and how weights are rounded. */
  public BasePrecision precision() {
    return precision;
  }

  /** The weights, under the names that the network has for them. */
  public WeightStore weights() {
    return weights;
  }

  /** The layers that adapters can change. */
  public SiteCatalogue sites() {
    return sites;
  }

  /** Family of the model, as readers of adapters need it. */
  public Family family() {
    return family(path, sites);
  }

  /** Description of the model in its adapters. PEFT has no task for classes of pictures. */
  public BaseUsage use() {
    return BaseUsage.of(path.toAbsolutePath().normalize().toString());
  }

  /** Notes for the user, as sentences: assumptions and conversions. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** SHA-256 of the weights' file, or over those of several files, in hexadecimal. */
  public synchronized String hash() {
    if (hash.isEmpty()) {
      hash = KnownBases.ofUser().hash(path, files);
    }
    return hash;
  }

  /**
   * Reads an adapter for this base.
   *
   * @throws dev.lora4j.core.adapter.AdapterException with the account of its keys, if it cannot be
   *     used whole
   */
  public Adapter adapter(Path file) {
    return loadAdapter(file, ReadOptions.STRICT).adapter();
  }

  /** Reads an adapter for this base, with the account of its keys. */
  public LoadedAdapter loadAdapter(Path file, ReadOptions options) {
    return AdapterFiles.read(file, family(), options);
  }

  /**
   * The class of a picture in a file, without adapters.
   *
   * @throws dev.lora4j.diffusion.dataset.image.PictureFileException if it is no picture
   */
  public Classification classify(Path picture) {
    return classify(List.of(PictureFile.read(picture).decode()), MixPlan.NONE).get(0);
  }

  /**
   * The classes of pictures of any size.
   *
   * @throws ModelException if the model has no head
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public List<Classification> classify(List<PixelMap> pictures, MixPlan mix) {
    return classification.of(
        pictures.stream().map(preparation::resized).toList(), preparation, mix, done -> {});
  }

  /** Classes of pictures that are prepared in a way of their own. */
  public PictureClassification classification() {
    return classification;
  }

  @Override
  public void close() {
    scope.close();
    scope.engine().trimMemory();
  }
}
