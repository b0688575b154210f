package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.ConvertedWeights;
import dev.lora4j.core.model.KnownBases;
import dev.lora4j.core.model.KnownHashes;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.NetworkWeights;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A loaded text-to-image model: its configurations, weights and sites. The weights belong to the
 * scope it was loaded into.
 */
public final class DiffusionModel {
  /** Numbers that the text encoders of CLIP do not reach. */
  private static final long LANGUAGE_MODEL = 1_000_000_000;

  private final Path path;
  private final Optional<Path> denoiserFile;
  private final Optional<Path> configFolder;
  private final ModelSource source;
  private final ModelConfigs configs;
  private final BasePrecision precision;
  private final DType compute;
  private final OptionalLong weightsMemory;
  private final NoiseSchedule schedule;
  private final Map<String, WeightStore> weights;
  private final List<TextEncoder> textEncoders = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final SiteCatalogue sites;
  private final GenerationDefaults defaults;
  private final TextArrangement arrangement;
  private String hash = "";

  private DiffusionModel(Scope scope, Path path, ModelSource source, LoadOptions options) {
    this.path = path;
    this.denoiserFile = options.denoiser();
    this.configFolder = options.configs();
    this.source = source;
    this.precision = options.precision();
    this.compute = options.compute();
    this.weightsMemory = options.weightsMemory();
    requireMapping(scope);
    configs =
        options
            .prediction()
            .map(p -> source.configs().with(source.configs().schedule().with(p)))
            .orElseGet(source::configs);
    ComponentFit.require(path, configs);
    arrangement = configs.arrangement();
    schedule = new NoiseSchedule(configs.schedule());
    Map<String, List<Parameter>> wanted = wanted();
    ConvertedWeights usual =
        ConvertedWeights.of(
            options.precision(),
            source.files(),
            (network, parameter) -> rounds(network, wanted.getOrDefault(network, List.of())));
    ConvertedWeights conversion = weightsMemory.isPresent() ? usual.mapping() : usual;
    weights = NetworkWeights.load(scope, path, source, wanted, conversion);
    for (ModelConfigs.Text text : configs.texts()) {
      textEncoders.add(new TextEncoder(text.model(), text.network(), weights(text.model())));
    }
    defaults = GenerationDefaults.of(path, options, configs);
    notes.addAll(source.notes());
    notes.addAll(defaults.notes());
    notes.addAll(conversion.notes());
    sites = BaseSites.of(configs);
  }

  /**
   * Loads a model: a folder in the layout of diffusers, or a checkpoint in one file in the layout
   * of first publication.
   *
   * @throws ModelException if it is no such model, or not whole
   * @throws dev.lora4j.core.format.checkpoint.CheckpointException if it is a file of another kind
   */
  public static DiffusionModel load(Scope scope, Path path, LoadOptions options) {
    try (ModelSource source = ModelSource.open(path, options)) {
      return new DiffusionModel(scope, path, source, options);
    }
  }

  /**
   * True if the weights of a network are rounded where a precision asks for it: those of the
   * denoiser, and of text encoders that are language models. Small networks gain little by it, and
   * pictures lose.
   */
  private boolean rounds(String network, List<Parameter> parameters) {
    long numbers = parameters.stream().mapToLong(p -> p.shape().elements()).sum();
    return network.equals(denoiser().component())
        || (!network.equals("vae") && numbers >= LANGUAGE_MODEL);
  }

  /** Parameters of each network. */
  private Map<String, List<Parameter>> wanted() {
    Map<String, List<Parameter>> wanted = new LinkedHashMap<>();
    wanted.put(
        denoiser().component(),
        parameters(StagedNetworks.denoiser(denoiser(), compute, AdapterInputs.NONE)));
    for (ModelConfigs.Text text : configs.texts()) {
      Network.Staging whole =
          StagedNetworks.text(text.network(), HiddenLayer.LAST, compute, AdapterInputs.NONE);
      wanted.put(text.model(), parameters(whole));
    }
    wanted.put(
        "vae",
        parameters(StagedNetworks.encoder(vae(), compute), StagedNetworks.decoder(vae(), compute)));
    return wanted;
  }

  private List<Parameter> parameters(Network.Staging... stagings) {
    Map<String, Parameter> wanted = new LinkedHashMap<>();
    for (Network.Staging staging : stagings) {
      Network.parameters(compute, staging).forEach(p -> wanted.put(p.name(), p));
    }
    return List.copyOf(wanted.values());
  }

  private WeightStore weights(String model) {
    WeightStore own = Optional.ofNullable(weights.get(model)).orElseThrow();
    return weightsMemory.isPresent() ? own.within(weightsMemory.getAsLong()) : own;
  }

  /** A card has copies of whole files, which are not read block by block. */
  private void requireMapping(Scope scope) {
    Device device = scope.engine().device();
    if (weightsMemory.isPresent() && device.cuda()) {
      throw new IllegalArgumentException(
          "Weights are read block by block on a processor, and "
              + device
              + " has copies of all of them; leave out the memory for weights.");
    }
  }

  /** Folder or file of the model. */
  public Path path() {
    return path;
  }

  /** File that its denoiser is taken from, if it is not that of {@link #path}. */
  public Optional<Path> denoiserFile() {
    return denoiserFile;
  }

  /** Folder whose configurations and tokenisers complete it, if it is a file with such a folder. */
  public Optional<Path> configFolder() {
    return configFolder;
  }

  /**
   * Notes for the user, as sentences: assumptions, fields left out, replacements of what failed.
   */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /**
   * Opens what cuts prompts into tokens for a text encoder. Whoever opens it closes it.
   *
   * @throws ModelException if the model comes without a tokeniser that fits
   */
  public PromptTokenizer tokenizer(TextEncoder encoder) {
    int index = textEncoders.indexOf(encoder);
    PromptTokenizer whole =
        source.tokenizer(
            new ModelConfigs.Text(encoder.model(), encoder.network()),
            arrangement.parts().get(index).frame());
    int tokens = arrangement.tokens(index, encoder.network());
    return tokens < whole.maxLength() ? new FewerTokens(whole, tokens) : whole;
  }

  /**
   * SHA-256 of the weights' file, or over those of several files, in hexadecimal: a denoiser of
   * another file makes another base. A file is read for it when its hash is not known yet, which
   * takes about a second for each gigabyte.
   */
  public synchronized String hash() {
    if (hash.isEmpty()) {
      // Who finds a base by its hash would not know of the other file.
      hash =
          denoiserFile.isPresent()
              ? KnownHashes.ofUser().of(source.files())
              : KnownBases.ofUser().hash(path, source.files());
    }
    return hash;
  }

  /** A digest of all that is known of the model beside its weights, in hexadecimal. */
  public String configuration() {
    return configs.identity();
  }

  /** Compute type, in which weights are stored too. */
  public DType compute() {
    return compute;
  }

  /** Compute type, and how large weights are rounded. */
  public BasePrecision precision() {
    return precision;
  }

  /** The denoiser's network with its sizes. */
  public DenoiserNetwork denoiser() {
    return configs.unet();
  }

  /** The autoencoder's network with its sizes. */
  public AutoencoderNetwork vae() {
    return configs.vae();
  }

  /** The text encoders, in the order in which the denoiser gets what they see; at least one. */
  public List<TextEncoder> textEncoders() {
    return List.copyOf(textEncoders);
  }

  /**
   * True for a Stable Diffusion XL: its denoiser takes sizes and a pooled text as added
   * conditioning.
   */
  public boolean xl() {
    return configs.xl();
  }

  /** True if its denoiser takes a pooled text beside the words. */
  public boolean pools() {
    return denoiser().pooledWidth() > 0;
  }

  /** Arrangement of the text encoders' outputs in the text conditioning. */
  public TextArrangement arrangement() {
    return arrangement;
  }

  /** Number of tokens of the text conditioning of a text that the encoders take in one run. */
  public int contextTokens() {
    int tokens = arrangement.emptyTokens();
    Set<Integer> counted = new HashSet<>();
    for (int i = 0; i < textEncoders.size(); i++) {
      TextArrangement.Part part = arrangement.parts().get(i);
      if (part.words() && counted.add(part.stretch())) {
        tokens += arrangement.tokens(i, textEncoders.get(i).network());
      }
    }
    return tokens;
  }

  /** Sampler and guidance scale of pictures whose prompt names none. */
  public GenerationDefaults defaults() {
    return defaults;
  }

  /** True if zeros stand for an empty negative prompt. */
  public boolean zerosForNoText() {
    return configs.zerosForNoText();
  }

  /** Noise schedule that the model was trained with. */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /** Height and width of the latents that the model was trained on. */
  public int sampleSize() {
    return configs.sampleSize();
  }

  /** Greatest height and width of pictures, in pixels; no limit of the model's if very great. */
  public int longestSide() {
    return configs.longestSide();
  }

  /** Unit of picture sizes, in pixels: both sides are multiples of it. */
  public int sizeUnit() {
    return configs.sizeUnit();
  }

  /** Weights of the denoiser. */
  public WeightStore denoiserWeights() {
    return weights(denoiser().component());
  }

  /** Weights of the autoencoder. */
  public WeightStore vaeWeights() {
    return Optional.ofNullable(weights.get("vae")).orElseThrow();
  }

  /**
   * Bytes that the weights of a network may take in memory at a time; empty if all of them stay.
   */
  public OptionalLong weightsMemory() {
    return weightsMemory;
  }

  /**
   * The layers that adapters can change: those of the denoiser, then those of the text encoders.
   */
  public SiteCatalogue sites() {
    return sites;
  }
}
