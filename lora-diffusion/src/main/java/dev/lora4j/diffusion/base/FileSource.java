package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.diffusion.base.original.IgnoredKey;
import dev.lora4j.diffusion.base.original.InferredPrediction;
import dev.lora4j.diffusion.base.original.OriginalCheckpoint;
import dev.lora4j.diffusion.base.original.OriginalKind;
import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import dev.lora4j.diffusion.clip.ClipVocabulary;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.Vae;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A model in one file, in the layout of first publication. */
final class FileSource implements ModelSource {
  private static final List<String> MODELS = List.of("text_encoder", "text_encoder_2");

  /** Padding token of OpenCLIP, as in transformers' tokenisers for it. */
  private static final String OPEN_CLIP_PAD = "!";

  /** Channels that all published models have at their finest resolution. */
  private static final int PUBLISHED_UNET = 320;

  private static final int PUBLISHED_VAE = 128;

  private final Path file;
  private final Optional<Path> folder;
  private final SingleFile opened;
  private final OriginalCheckpoint original;
  private final ModelConfigs configs;
  private final List<String> notes = new ArrayList<>();

  FileSource(Path file, Optional<Path> folder) {
    this.file = file;
    this.folder = folder;
    opened = SingleFile.open(file);
    try {
      original = OriginalCheckpoint.of(opened.tensors(), opened.metadata());
      configs = folder.map(DiffusersConfigs::of).orElseGet(this::measured);
      if (configs.texts().size() != original.encoders()) {
        throw new ModelException(
            file
                + " has "
                + original.encoders()
                + " text encoders, but the configuration in "
                + folder.orElseThrow()
                + " is of "
                + configs.texts().size()
                + ".");
      }
      configs.texts().forEach(this::clip);
      unet();
      vae();
      folder.ifPresent(f -> notes.addAll(DiffusersConfigs.notes(f, configs)));
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** The sizes of a text encoder, all of which are CLIP's in this layout. */
  private ClipTextConfig clip(ModelConfigs.Text text) {
    if (text.network() instanceof ClipText clip) {
      return clip.config();
    }
    throw new ModelException(
        file
            + " has CLIP's text encoders, but "
            + text.model()
            + " in "
            + folder.orElseThrow()
            + " is of another kind.");
  }

  /** The sizes of the denoiser, which is a UNet in this layout. */
  private UNetConfig unet() {
    if (configs.unet() instanceof UNet unet) {
      return unet.config();
    }
    throw new ModelException(
        file
            + " has Stable Diffusion's denoiser, but that in "
            + folder.orElseThrow()
            + " is of another kind.");
  }

  /** The sizes of the autoencoder, which is Stable Diffusion's in this layout. */
  private VaeConfig vae() {
    if (configs.vae() instanceof Vae vae) {
      return vae.config();
    }
    throw new ModelException(
        file
            + " has Stable Diffusion's autoencoder, but that in "
            + folder.orElseThrow()
            + " is of another kind.");
  }

  private ModelConfigs measured() {
    InferredPrediction taught = original.prediction();
    notes.add(
        file.getFileName()
            + " is taken for a "
            + original.kind().title()
            + " that predicts "
            + (taught.prediction() == SchedulerConfig.Prediction.EPSILON ? "noise" : "velocity")
            + ", as "
            + taught.because()
            + ".");
    List<ModelConfigs.Text> texts = new ArrayList<>();
    for (ClipTextConfig text : original.texts()) {
      texts.add(new ModelConfigs.Text(MODELS.get(texts.size()), new ClipText(text)));
    }
    UNetConfig unet = original.unet();
    VaeConfig vae = original.vae();
    if (unet.blockOutChannels().get(0) != PUBLISHED_UNET
        || vae.blockOutChannels().get(0) != PUBLISHED_VAE) {
      notes.add(
          "It has sizes of its own. That attention has "
              + unet.attentionHeads()
              + " heads and that norms have "
              + unet.normNumGroups()
              + " groups is assumed; --base-config says otherwise.");
    }
    return new ModelConfigs(
        new UNet(unet),
        new Vae(vae),
        texts,
        schedule(taught),
        original.sampleSize(),
        original.kind() == OriginalKind.XL,
        OptionalInt.empty());
  }

  /** The schedule that all three kinds were trained on. */
  private static SchedulerConfig schedule(InferredPrediction taught) {
    SchedulerConfig plain =
        new SchedulerConfig(
            1000,
            SchedulerConfig.Betas.SCALED_LINEAR,
            0.00085,
            0.012,
            taught.prediction(),
            SchedulerConfig.Spacing.LEADING,
            1,
            false);
    // Nothing but noise is where leading spacing never begins (Lin et al. 2024).
    return taught.zeroTerminalSnr()
        ? plain.withZeroTerminalSnr().with(SchedulerConfig.Spacing.TRAILING)
        : plain;
  }

  @Override
  public ModelConfigs configs() {
    return configs;
  }

  @Override
  public StoredTensors store(String model) {
    return opened.tensors();
  }

  @Override
  public String label(String model) {
    return "";
  }

  @Override
  public List<Placement> places(String model, Parameter parameter) {
    return switch (model) {
      case UNet.COMPONENT -> List.of(original.unet(unet(), parameter));
      case "vae" -> List.of(original.vae(vae(), parameter));
      default -> original.text(MODELS.indexOf(model), parameter);
    };
  }

  @Override
  public List<String> unknown(String model, List<String> unclaimed) {
    Map<IgnoredKey, Integer> ignored = new EnumMap<>(IgnoredKey.class);
    List<String> unknown = new ArrayList<>();
    List<ClipTextConfig> encoders = configs.texts().stream().map(this::clip).toList();
    for (String key : unclaimed) {
      Optional<IgnoredKey> reason = original.ignored(key, encoders);
      reason.ifPresentOrElse(r -> ignored.merge(r, 1, Integer::sum), () -> unknown.add(key));
    }
    ignored.forEach(
        (reason, count) ->
            notes.add(
                "Not needed of "
                    + file.getFileName()
                    + ": "
                    + reason.reason()
                    + " ("
                    + count
                    + (count == 1 ? " key)." : " keys).")));
    return unknown;
  }

  @Override
  public List<String> notes() {
    return List.copyOf(notes);
  }

  @Override
  public List<Path> files() {
    return List.of(file);
  }

  @Override
  public List<Path> filesWithout(String model) {
    return files();
  }

  @Override
  public PromptTokenizer tokenizer(ModelConfigs.Text encoder, PromptFrame frame) {
    if (folder.isPresent()) {
      return FolderSource.tokenizer(folder.get(), encoder, frame);
    }
    ClipVocabulary vocabulary = ClipVocabulary.openAi();
    ClipTextConfig config = clip(encoder);
    int words = config.vocabSize();
    if (words != vocabulary.size()) {
      throw new ModelException(
          encoder.model()
              + " in "
              + file
              + " knows "
              + words
              + " tokens, but CLIP's vocabulary has "
              + vocabulary.size()
              + ". Give a folder with its tokeniser (--base-config).");
    }
    String pad = config.quickGelu() ? ClipVocabulary.END : OPEN_CLIP_PAD;
    return ClipTokenizer.of(vocabulary, pad, config.maxPositionEmbeddings());
  }

  @Override
  public void close() {
    opened.close();
  }
}
