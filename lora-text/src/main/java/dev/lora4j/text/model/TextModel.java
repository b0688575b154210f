package dev.lora4j.text.model;

import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.writing.BaseUsage;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ConvertedWeights;
import dev.lora4j.core.model.KnownBases;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.NetworkWeights;
import dev.lora4j.core.model.QuantisationConfig;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.gguf.GgufLayers;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.LastTokenClassifier;
import dev.lora4j.text.network.Seq2SeqNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A loaded language model: its network, weights and sites. The weights belong to the scope it was
 * loaded into.
 */
public final class TextModel {
  /** Prefix of the names of its sites. */
  public static final String MODEL = Components.LANGUAGE_MODEL;

  /** Folder of a repository's models in the cache of Hugging Face's programs. */
  private static final Pattern CACHED =
      Pattern.compile(".*[/\\\\]models--([^/\\\\]+)--([^/\\\\]+)[/\\\\]snapshots[/\\\\][^/\\\\]+");

  private final Scope scope;
  private final Path path;
  private final ConfigFile config;
  private final ConfigFile computed;
  private final TextFamily family;
  private final LanguageNetwork network;
  private final TextLoadOptions options;
  private final WeightStore weights;
  private final SiteCatalogue sites;
  private final List<Path> files;
  private final List<String> notes;
  private final List<String> started;
  private final boolean whole;
  private String hash = "";

  private TextModel(
      Scope scope,
      Path folder,
      TextLoadOptions options,
      Optional<ClassifierHead> head,
      BiFunction<TextFamily, ConfigFile, LanguageNetwork> described) {
    this.scope = scope;
    this.path = folder;
    this.options = options;
    BasePrecision precision = options.precision();
    DType compute = precision.compute();
    try (ModelFiles source = ModelFiles.open(folder)) {
      config = source.config();
      family = source.family();
      QuantisationConfig.require(config);
      computed = options.configure(config);
      network = described.apply(family, computed);
      Map<String, String> shared = network.shared();
      List<Parameter> own =
          Network.walk(MODEL, compute, walk(SiteAdapters.NONE)).stream()
              .filter(p -> !shared.containsKey(p.name()))
              .toList();
      files = source.files();
      List<Parameter> started =
          head.isEmpty() ? List.of() : own.stream().filter(p -> anew(source, p)).toList();
      List<Parameter> stored =
          own.stream()
              .filter(p -> !started.contains(p))
              .filter(p -> source.has(p) || !network.optional(p.name()))
              .toList();
      whole = stored.size() + started.size() == own.size();
      ConvertedWeights conversion =
          ConvertedWeights.of(precision, files, (model, parameter) -> !head(parameter));
      WeightStore loaded =
          Optional.ofNullable(
                  NetworkWeights.load(scope, folder, source, Map.of(MODEL, stored), conversion)
                      .get(MODEL))
              .orElseThrow();
      weights =
          head.map(h -> loaded.with(h.start(scope, started, compute, config)))
              .orElse(loaded)
              .sharing(shared);
      notes = new ArrayList<>(conversion.notes());
      shortened().ifPresent(notes::add);
      this.started = started.stream().map(Parameter::name).toList();
      if (!started.isEmpty()) {
        notes.add(ClassifierHead.note(started));
      }
    }
    sites = walkSites();
  }

  /** Tells of longer sequences that a decoder's configuration names and that are not read. */
  private Optional<String> shortened() {
    boolean decoder = network instanceof CausalNetwork || network instanceof LastTokenClassifier;
    long named = (long) config.real("max_position_embeddings", 0);
    return decoder && named > network.longest()
        ? Optional.of(
            ("It reads %d tokens, not the %d of its configuration. A context that is chosen at loading"
                    + " (--context) reads more, with other frequencies for all texts.")
                .formatted(network.longest(), named))
        : Optional.empty();
  }

  private TextModel(Scope scope, TextModel other, ClassifierHead head) {
    this.scope = scope;
    path = other.path;
    config = other.config;
    computed = other.computed;
    family = other.family;
    options = other.options;
    files = other.files;
    network = head.network(family, computed);
    List<Parameter> lacking =
        Network.walk(MODEL, compute(), walk(SiteAdapters.NONE)).stream()
            .filter(p -> !other.weights.has(p.name()) && !network.optional(p.name()))
            .toList();
    weights = other.weights.with(head.start(scope, lacking, compute(), config));
    whole = other.whole;
    started = lacking.stream().map(Parameter::name).toList();
    notes = new ArrayList<>(List.of(ClassifierHead.note(lacking)));
    sites = walkSites();
  }

  /**
   * Loads a folder in the layout of transformers ({@code config.json} and safetensors), or a GGUF
   * file of llama.cpp.
   *
   * @throws ModelException if it is no such model, or not whole, with all that is missing or does
   *     not fit
   */
  public static TextModel load(Scope scope, Path folder, DType compute) {
    return load(scope, folder, TextLoadOptions.in(compute));
  }

  /**
   * Loads a folder or file as {@link #load(Scope, Path, DType)} does, with large weights rounded to
   * few bits if the options say so; embeddings and heads are not.
   *
   * @throws ModelException as there
   */
  public static TextModel load(Scope scope, Path folder, TextLoadOptions options) {
    return new TextModel(scope, folder, options, Optional.empty(), ClassifierHead::saved);
  }

  /**
   * Loads a folder for vectors of texts: an encoder, with its head if it has one, as {@link
   * #load(Scope, Path, TextLoadOptions)} does, and a decoder without its head for words.
   *
   * @throws ModelException as there
   */
  public static TextModel loadEncoder(Scope scope, Path folder, TextLoadOptions options) {
    return new TextModel(scope, folder, options, Optional.empty(), ClassifierHead::encoder);
  }

  /**
   * Loads a folder as {@link #load(Scope, Path, DType)} does, with a classification head. Weights
   * of it that the folder lacks, or has for another number of classes, are random and have to be
   * trained.
   *
   * @throws ModelException as there, and if the family of the model has no such heads
   */
  public static TextModel load(Scope scope, Path folder, DType compute, ClassifierHead head) {
    return load(scope, folder, TextLoadOptions.in(compute), head);
  }

  /**
   * Loads a folder with a classification head as {@link #load(Scope, Path, DType, ClassifierHead)}
   * does, with options.
   *
   * @throws ModelException as there
   */
  public static TextModel load(
      Scope scope, Path folder, TextLoadOptions options, ClassifierHead head) {
    return new TextModel(scope, folder, options, Optional.of(head), head::network);
  }

  /**
   * This model of words with a new classification head in place of its own. Both have the same
   * weights in memory but for the head, so this one must stay open as long.
   *
   * @param owner of the head
   * @throws ModelException if the family of the model has no such heads
   * @throws IllegalArgumentException if this model has a head for classes
   */
  public TextModel withHead(Scope owner, ClassifierHead head) {
    if (!(network instanceof CausalNetwork)) {
      throw new IllegalArgumentException(
          path + " does not go on from texts, so it takes no other head beside its own.");
    }
    return new TextModel(owner, this, head);
  }

  /** True if a weight belongs to the requested head and the folder does not have it. */
  private boolean anew(ModelFiles source, Parameter parameter) {
    return network instanceof EncoderNetwork encoder
        && encoder.ofHead(parameter.name())
        && !source.shape(parameter).filter(parameter.shape()::equals).isPresent();
  }

  private boolean head(Parameter parameter) {
    return parameter.name().equals(LanguageNetwork.HEAD + ".weight")
        || (network instanceof EncoderNetwork encoder && encoder.ofHead(parameter.name()));
  }

  private Network.Staging walk(SiteAdapters adapters) {
    return (graph, weights) -> {
      network.walk(weights.apply(adapters), compute());
      return List.of();
    };
  }

  private SiteCatalogue walkSites() {
    List<Site> all = new ArrayList<>();
    Network.walk(
        MODEL,
        compute(),
        walk(
            (site, x, y) -> {
              if (weights.has(weight(site))) {
                all.add(site);
              }
              return y;
            }));
    return catalogue(all, family);
  }

  /** The layers of a network, with those whose weights lie transposed in files. */
  static SiteCatalogue catalogue(List<Site> all, TextFamily family) {
    Set<String> turned = new HashSet<>();
    for (Site site : all) {
      Parameter parameter = new Parameter(weight(site), site.weight(), Parameter.Init.KAIMING);
      if (family.places(parameter).get(0).transposed()) {
        turned.add(site.name());
      }
    }
    return new SiteCatalogue(all, turned);
  }

  /** Owner of the weights. */
  public Scope scope() {
    return scope;
  }

  private static String weight(Site site) {
    return site.name().substring(MODEL.length() + 1) + ".weight";
  }

  /** Folder of the model, or its file. */
  public Path path() {
    return path;
  }

  /** The kind of model. */
  public TextFamily kind() {
    return family;
  }

  /**
   * Description of the model in its adapters: its folder, or the repository in whose cache that
   * lies; and PEFT's task type. What a configuration calls {@code _name_or_path} is often the model
   * that this one was made of.
   */
  public BaseUsage use() {
    String folder = path.toAbsolutePath().normalize().toString();
    Matcher cached = CACHED.matcher(folder);
    String place = cached.matches() ? cached.group(1) + "/" + cached.group(2) : folder;
    if (network instanceof EncoderNetwork encoder) {
      return new BaseUsage(
          place,
          encoder.labels().isEmpty()
              ? Optional.empty()
              : Optional.of(encoder.perToken() ? "TOKEN_CLS" : "SEQ_CLS"));
    }
    if (network instanceof Seq2SeqNetwork both && !both.input().tokens()) {
      // PEFT's classes for tasks hand token ids to the encoder.
      return new BaseUsage(place, Optional.empty());
    }
    return new BaseUsage(
        place, Optional.of(network instanceof CausalNetwork ? "CAUSAL_LM" : "SEQ_2_SEQ_LM"));
  }

  /** The configuration, in the words of transformers. */
  ConfigFile config() {
    return config;
  }

  /** The network. */
  public LanguageNetwork network() {
    return network;
  }

  /** Compute type, in which weights are stored too, but those that are rounded. */
  public DType compute() {
    return options.compute();
  }

  /** Compute type, and how weights are rounded. */
  public BasePrecision precision() {
    return options.precision();
  }

  /** Options that it was loaded with. */
  public TextLoadOptions options() {
    return options;
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
    return Family.of(family.name(), sites).withGguf(GgufLayers.of(config, sites, MODEL + "."));
  }

  /** True if it has all weights of its network, also the optional ones. */
  public boolean whole() {
    return whole;
  }

  /** Names of the weights of a {@linkplain ClassifierHead new head} that start from chance. */
  public List<String> started() {
    return started;
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
}
