package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.text.TextNetwork;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads the configurations of a model folder in the layout of diffusers. */
final class Configs {
  private static final int DEFAULT_TRAIN_STEPS = 1000;

  private static final int DEFAULT_SAMPLE_SIZE = 64;

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
        unet(folder),
        vae(folder),
        texts,
        scheduler(folder),
        sampleSize(folder),
        zerosForNoText(folder));
  }

  static UNetConfig unet(Path folder) {
    ConfigFile json = ConfigFile.read(folder.resolve("unet").resolve("config.json"));
    json.require("_class_name", "UNet2DConditionModel");
    json.require("act_fn", "silu");
    json.require("resnet_time_scale_shift", "default");
    json.require("mid_block_type", "UNetMidBlock2DCrossAttn");
    json.require("flip_sin_to_cos", "true");
    json.require("freq_shift", "0");
    json.require("class_embed_type", "");
    json.require("num_class_embeds", "");
    json.require("encoder_hid_dim_type", "");
    json.require("reverse_transformer_layers_per_block", "");
    json.require("time_embedding_type", "positional");
    json.require("dual_cross_attention", "false");
    json.require("only_cross_attention", "false");
    json.require("center_input_sample", "false");
    json.require("conv_in_kernel", "3");
    json.require("conv_out_kernel", "3");
    List<Integer> channels = json.integers("block_out_channels");
    String heads = json.has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";
    return new UNetConfig(
        json.integer("in_channels"),
        json.integer("out_channels"),
        channels,
        json.texts("down_block_types").stream().map(t -> t.startsWith("CrossAttn")).toList(),
        json.texts("up_block_types").stream().map(t -> t.startsWith("CrossAttn")).toList(),
        json.integer("layers_per_block"),
        json.integer("cross_attention_dim"),
        json.integers(heads, channels.size()),
        json.integer("norm_num_groups", 32),
        json.real("norm_eps", 1e-5),
        json.flag("use_linear_projection", false),
        json.has("transformer_layers_per_block")
            ? json.integers("transformer_layers_per_block", channels.size())
            : Collections.nCopies(channels.size(), 1),
        json.flag("upcast_attention", false),
        added(json));
  }

  private static Optional<UNetConfig.Added> added(ConfigFile json) {
    if (!json.has("addition_embed_type")) {
      return Optional.empty();
    }
    json.require("addition_embed_type", "text_time");
    return Optional.of(
        new UNetConfig.Added(
            json.integer("addition_time_embed_dim"),
            json.integer("projection_class_embeddings_input_dim")));
  }

  /** Height and width of latents in training; diffusers' own default where the file is silent. */
  static int sampleSize(Path folder) {
    return ConfigFile.read(folder.resolve("unet").resolve("config.json"))
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
