package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.text.TextNetwork;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the configurations of a model folder in the layout of diffusers. */
final class Configs {
  private static final int DEFAULT_TRAIN_STEPS = 1000;

  private static final int DEFAULT_SAMPLE_SIZE = 64;

  /** What diffusers calls the folder of a denoiser, by its kind. */
  private static final List<String> DENOISERS = List.of("unet", "transformer");

  private static final List<String> TEXT_ENCODERS = List.of("text_encoder", "text_encoder_2");

  private Configs() {}

  /**
   * All that a folder says.
   *
   * @throws ModelException if a file is missing or says what cannot be computed
   */
  static ModelConfigs of(Path folder) {
    List<ModelConfigs.Text> texts =
        TEXT_ENCODERS.stream()
            .filter(part -> Files.isDirectory(folder.resolve(part)))
            .map(part -> new ModelConfigs.Text(part, text(folder, part)))
            .toList();
    if (texts.isEmpty()) {
      throw new ModelException(folder + " has no folder text_encoder.");
    }
    return new ModelConfigs(
        denoiser(folder),
        vae(folder),
        texts,
        scheduler(folder),
        sampleSize(folder),
        zerosForNoText(folder));
  }

  /** The denoiser, in {@code unet} or, as diffusers calls the folder of others, another. */
  static DenoiserNetwork denoiser(Path folder) {
    return DenoiserFamilies.network(ConfigFile.read(denoiserFolder(folder).resolve("config.json")));
  }

  /** Whichever folder of a denoiser there is; {@code unet} if there is none. */
  static Path denoiserFolder(Path folder) {
    return DENOISERS.stream()
        .map(folder::resolve)
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(folder.resolve(DENOISERS.get(0)));
  }

  /** Height and width of latents in training; diffusers' own default where the file is silent. */
  static int sampleSize(Path folder) {
    return ConfigFile.read(denoiserFolder(folder).resolve("config.json"))
        .integer("sample_size", DEFAULT_SAMPLE_SIZE);
  }

  static VaeConfig vae(Path folder) {
    ConfigFile json = ConfigFile.read(folder.resolve("vae").resolve("config.json"));
    json.require("_class_name", "AutoencoderKL");
    json.require("act_fn", "silu");
    json.require("mid_block_add_attention", "true");
    json.require("use_quant_conv", "true");
    json.require("use_post_quant_conv", "true");
    return new VaeConfig(
        json.integer("in_channels"),
        json.integer("out_channels"),
        json.integer("latent_channels"),
        json.integers("block_out_channels"),
        json.integer("layers_per_block"),
        json.integer("norm_num_groups", 32),
        json.real("scaling_factor", 0.18215),
        json.real("shift_factor", 0));
  }

  /** The text encoder in {@code part}, for example {@code text_encoder_2}. */
  static TextNetwork text(Path folder, String part) {
    return TextEncoderFamilies.network(
        ConfigFile.read(folder.resolve(part).resolve("config.json")));
  }

  /** Whether zeros stand for an empty negative prompt. */
  static boolean zerosForNoText(Path folder) {
    Path index = folder.resolve("model_index.json");
    return Files.exists(index)
        && ConfigFile.read(index).flag("force_zeros_for_empty_prompt", false);
  }

  static SchedulerConfig scheduler(Path folder) {
    ConfigFile json = ConfigFile.read(folder.resolve("scheduler").resolve("scheduler_config.json"));
    json.require("thresholding", "false");
    json.require("clip_sample", "false");
    return new SchedulerConfig(
        json.integer("num_train_timesteps", DEFAULT_TRAIN_STEPS),
        SchedulerConfig.Betas.named(json.text("beta_schedule", "scaled_linear")),
        json.real("beta_start", 0.00085),
        json.real("beta_end", 0.012),
        prediction(json),
        SchedulerConfig.Spacing.named(json.text("timestep_spacing", "leading")),
        json.integer("steps_offset", 0),
        json.flag("set_alpha_to_one", true),
        json.flag("rescale_betas_zero_snr", false),
        sigmas(json),
        json.real("shift", 1));
  }

  /** Schedulers of flows do not say what the network predicts; their class does. */
  private static SchedulerConfig.Prediction prediction(ConfigFile json) {
    boolean flow = json.text("_class_name", "").startsWith("FlowMatch");
    String fallback = flow ? "flow" : "epsilon";
    return SchedulerConfig.Prediction.named(json.text("prediction_type", fallback));
  }

  private static SchedulerConfig.Sigmas sigmas(ConfigFile json) {
    if (json.flag("use_karras_sigmas", false)) {
      return SchedulerConfig.Sigmas.KARRAS;
    }
    return json.flag("use_exponential_sigmas", false)
        ? SchedulerConfig.Sigmas.EXPONENTIAL
        : SchedulerConfig.Sigmas.SCHEDULE;
  }
}
