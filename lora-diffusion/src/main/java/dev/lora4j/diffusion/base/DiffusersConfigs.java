package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.Components;
import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.sampling.FlowLevels;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfigFile;
import dev.lora4j.diffusion.unet.UNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the configurations of a model folder in the layout of diffusers. */
final class DiffusersConfigs {
  private static final int MOST_SAMPLE_SIZE = 1 << 14;

  private static final String CONFIG = "config.json";
  private static final String VAE = "vae";
  private static final String SCHEDULER = "scheduler";
  private static final String INDEX_FILE = "model_index.json";
  private static final String DISTILLED = "is_distilled";
  private static final List<String> TEXT_ENCODERS =
      List.of("text_encoder", "text_encoder_2", "text_encoder_3");

  private static final ConfigFields INDEX =
      ConfigFields.none()
          .used("force_zeros_for_empty_prompt", "unet", "transformer", "vae", "scheduler")
          .used(DISTILLED)
          .used("text_encoder", "text_encoder_2", "text_encoder_3")
          .used("tokenizer", "tokenizer_2", "tokenizer_3")
          .idle("pictures are neither marked nor judged", "add_watermarker", "safety_checker")
          .idle("pictures are neither marked nor judged", "requires_safety_checker")
          .idle("it is for pictures as prompts", "feature_extractor", "image_encoder")
          .idle("it is for the refiner, which is refused", "requires_aesthetics_score");

  private DiffusersConfigs() {}

  /** Treatment of each field of {@code model_index.json}. */
  static ConfigFields indexFields() {
    return INDEX;
  }

  /**
   * Reads the configurations of a folder.
   *
   * @throws ModelException if a file is missing or says what cannot be computed
   */
  static ModelConfigs of(Path folder) {
    List<ModelConfigs.Text> texts = texts(folder);
    DenoiserNetwork denoiser = denoiser(folder);
    boolean unet = denoiser instanceof UNet;
    boolean xl = unet && denoiser.pooledWidth() > 0;
    return new ModelConfigs(
        denoiser,
        vae(folder, unet),
        texts,
        schedule(folder, denoiser, unet && !xl),
        sampleSize(folder, denoiser),
        zerosForNoText(folder, xl),
        GenerationDefaults.textTokens(folder));
  }

  /** The text encoders, in the order of their names. */
  static List<ModelConfigs.Text> texts(Path folder) {
    List<ModelConfigs.Text> texts =
        TEXT_ENCODERS.stream()
            .filter(part -> Files.isDirectory(folder.resolve(part)))
            .map(part -> new ModelConfigs.Text(part, text(folder, part)))
            .toList();
    if (texts.isEmpty()) {
      throw new ModelException(folder + " has no folder text_encoder.");
    }
    requireNamed(folder);
    return texts;
  }

  /**
   * The noise schedule.
   *
   * @param corrected as in {@link SchedulerConfigFile}
   */
  static SchedulerConfig schedule(Path folder, DenoiserNetwork denoiser, boolean corrected) {
    ConfigFile json = config(folder, SCHEDULER, "scheduler_config.json");
    SchedulerConfig read = SchedulerConfigFile.read(json, corrected);
    if (read.flow().bySize().isPresent() && denoiser instanceof UNet) {
      throw new ModelException(
          json.file()
              + ": 'use_dynamic_shifting' is true, but only transformers of flows are shifted by the"
              + " size of the picture; only false can be read.");
    }
    return read.with(
        new FlowLevels(
            read.flow().bySize().map(denoiser::sizeShift),
            denoiser.evenSteps(),
            Math.max(0, denoiser.levels() - 1)));
  }

  /** Refuses a folder that lacks a text encoder which its {@code model_index.json} names. */
  private static void requireNamed(Path folder) {
    Path index = folder.resolve(INDEX_FILE);
    if (!Files.exists(index)) {
      return;
    }
    ConfigFile json = ConfigFile.read(index);
    for (String part : TEXT_ENCODERS) {
      boolean named = json.plain(part).filter(p -> !p.contains("null")).isPresent();
      if (named && !Files.isDirectory(folder.resolve(part))) {
        throw new ModelException(
            folder
                + " has no folder "
                + part
                + ", which its model_index.json names. Fetch it, or put [null, null] there if the"
                + " model is to be used without it.");
      }
    }
  }

  private static ConfigFile config(Path folder, String part, String name) {
    return ConfigFile.read(folder.resolve(part).resolve(name));
  }

  /** The denoiser, in the folder of its component. */
  static DenoiserNetwork denoiser(Path folder) {
    return DenoiserFamilies.network(ConfigFile.read(denoiserFolder(folder).resolve("config.json")));
  }

  /** Whichever folder of a denoiser there is; {@code unet} if there is none. */
  static Path denoiserFolder(Path folder) {
    List<String> denoisers = Components.denoisers();
    return denoisers.stream()
        .map(folder::resolve)
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(folder.resolve(denoisers.get(0)));
  }

  /** Height and width of latents in training. */
  static int sampleSize(Path folder, DenoiserNetwork denoiser) {
    ConfigFile json = ConfigFile.read(denoiserFolder(folder).resolve("config.json"));
    if (!json.has("sample_size")) {
      return denoiser.sampleSize();
    }
    List<Integer> sides = json.listWithin("sample_size", 2, 1, MOST_SAMPLE_SIZE);
    if (!sides.get(0).equals(sides.get(1))) {
      throw new ModelException(
          json.file() + ": 'sample_size' is " + sides + "; only a square can be read.");
    }
    return sides.get(0);
  }

  /** The autoencoder as it is. */
  static AutoencoderNetwork vae(Path folder) {
    return AutoencoderFamilies.network(config(folder, VAE, CONFIG));
  }

  /** The pipelines of Stable Diffusion and XL leave the shift out, whatever the file says. */
  private static AutoencoderNetwork vae(Path folder, boolean unet) {
    AutoencoderNetwork vae = vae(folder);
    return unet ? vae.unshifted() : vae;
  }

  /**
   * Notes for the user, as sentences, about settings that nothing here or in diffusers knows or
   * heeds.
   */
  static List<String> notes(Path folder, ModelConfigs configs) {
    List<String> notes = new ArrayList<>();
    ConfigFile denoiser = ConfigFile.read(denoiserFolder(folder).resolve(CONFIG));
    DenoiserFamilies.treatment(denoiser)
        .ifPresent(fields -> unknown(notes, denoiser.file(), fields));
    if (configs.unet() instanceof UNet && vae(folder).shiftFactor() != 0) {
      notes.add(
          folder.resolve(VAE).resolve(CONFIG)
              + ": 'shift_factor' is left out, as the pipelines of Stable Diffusion and XL leave it"
              + " out.");
    }
    ConfigFile vae = config(folder, VAE, CONFIG);
    unknown(notes, vae.file(), AutoencoderFamilies.fields(vae));
    unknown(
        notes,
        folder.resolve(SCHEDULER).resolve("scheduler_config.json"),
        SchedulerConfigFile.fields());
    return notes;
  }

  private static void unknown(List<String> notes, Path file, ConfigFields fields) {
    List<String> names = fields.unknown(ConfigFile.read(file));
    if (!names.isEmpty()) {
      notes.add(
          file
              + ": not known, and left out: "
              + String.join(", ", names)
              + ". If it changes the model's pictures, they differ from those here.");
    }
  }

  /** The text encoder in {@code part}, for example {@code text_encoder_2}. */
  static TextEncoderNetwork text(Path folder, String part) {
    return TextEncoderFamilies.network(
        ConfigFile.read(folder.resolve(part).resolve("config.json")));
  }

  /** True if the model is distilled to pictures without guidance, as FLUX.2 [klein] says it. */
  static boolean distilled(Path folder) {
    Path index = folder.resolve(INDEX_FILE);
    return Files.exists(index) && ConfigFile.read(index).flag(DISTILLED, false);
  }

  /** True if zeros stand for an empty negative prompt; the default of XL where no file decides. */
  private static boolean zerosForNoText(Path folder, boolean xl) {
    Path index = folder.resolve(INDEX_FILE);
    return Files.exists(index)
        ? ConfigFile.read(index).flag("force_zeros_for_empty_prompt", xl)
        : xl;
  }
}
