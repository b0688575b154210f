package dev.lora4j.diffusion.base;

import com.google.gson.GsonBuilder;
import dev.lora4j.core.nn.FlatLayout.Slot;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes a trained model in the folder layout of diffusers, which diffusers itself reads. */
public final class ModelFolderWriter {
  private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  private final Path folder;
  private final DType stored;

  /** For a folder, with weights stored as {@code stored}. */
  public ModelFolderWriter(Path folder, DType stored) {
    this.folder = folder;
    this.stored = stored;
  }

  /**
   * Copies configurations from another folder.
   *
   * @param file within both folders, for example {@code transformer/config.json}
   */
  public void copy(Path from, String file) {
    Path path = folder.resolve(file);
    create(path);
    try {
      AtomicFile.write(path, Files.readString(from.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot copy " + from.resolve(file) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes the weights of a network.
   *
   * @param model its folder, for example {@code unet}
   * @param prefix prefix of its weights among {@code slots}
   * @param flat all weights, laid out as {@code slots} say
   */
  public void weights(Scope scope, String model, List<Slot> slots, String prefix, float[] flat) {
    write(scope, file(model), slots, prefix, flat);
  }

  /**
   * File of a network's weights within the folder.
   *
   * @param model its folder, for example {@code text_encoder}
   */
  public static String file(String model) {
    return model + "/" + (model.startsWith("text_encoder") ? "model.safetensors" : WEIGHTS);
  }

  /** Writes the configuration of a UNet for latents of this height and width. */
  public void unet(UNetConfig config, int sampleSize) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("_class_name", "UNet2DConditionModel");
    json.put("act_fn", "silu");
    json.put("attention_head_dim", config.attentionHeads());
    json.put("block_out_channels", config.blockOutChannels());
    json.put("cross_attention_dim", config.crossAttentionDim());
    json.put(
        "down_block_types",
        types(config.downCrossAttention(), "CrossAttnDownBlock2D", "DownBlock2D"));
    json.put("flip_sin_to_cos", true);
    json.put("freq_shift", 0);
    json.put("in_channels", config.inChannels());
    json.put("layers_per_block", config.layersPerBlock());
    json.put("mid_block_type", "UNetMidBlock2DCrossAttn");
    json.put("norm_eps", config.normEps());
    json.put("norm_num_groups", config.normNumGroups());
    json.put("out_channels", config.outChannels());
    json.put("sample_size", sampleSize);
    json.put("up_block_types", types(config.upCrossAttention(), "CrossAttnUpBlock2D", "UpBlock2D"));
    json.put("use_linear_projection", config.linearProjection());
    json("unet/config.json", json);
  }

  private static List<String> types(List<Boolean> attention, String with, String without) {
    return attention.stream().map(a -> a ? with : without).toList();
  }

  /** Writes the autoencoder; parameters as in {@link #weights}. */
  public void vae(Scope scope, VaeConfig config, List<Slot> slots, float[] flat) {
    vaeConfig(config);
    weights(scope, "vae", slots, "", flat);
  }

  /** Writes the autoencoder's configuration alone, for one whose weights are in the folder. */
  public void vaeConfig(VaeConfig config) {
    int levels = config.blockOutChannels().size();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("_class_name", "AutoencoderKL");
    json.put("act_fn", "silu");
    json.put("block_out_channels", config.blockOutChannels());
    json.put("down_block_types", Collections.nCopies(levels, "DownEncoderBlock2D"));
    json.put("in_channels", config.inChannels());
    json.put("latent_channels", config.latentChannels());
    json.put("layers_per_block", config.layersPerBlock());
    json.put("norm_num_groups", config.normNumGroups());
    json.put("out_channels", config.outChannels());
    json.put("scaling_factor", config.scalingFactor());
    json.put("shift_factor", config.shiftFactor());
    json.put("up_block_types", Collections.nCopies(levels, "UpDecoderBlock2D"));
    json("vae/config.json", json);
  }

  /** Writes the configuration of the text encoder, whose texts end with this token. */
  public void text(ClipTextConfig config, int endToken) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architectures", List.of("CLIPTextModel"));
    json.put("model_type", "clip_text_model");
    json.put("bos_token_id", endToken - 1);
    json.put("eos_token_id", endToken);
    json.put("pad_token_id", endToken);
    json.put("hidden_act", config.quickGelu() ? "quick_gelu" : "gelu");
    json.put("hidden_size", config.hiddenSize());
    json.put("intermediate_size", config.intermediateSize());
    json.put("layer_norm_eps", config.layerNormEps());
    json.put("max_position_embeddings", config.maxPositionEmbeddings());
    json.put("num_attention_heads", config.numAttentionHeads());
    json.put("num_hidden_layers", config.numHiddenLayers());
    json.put("projection_dim", config.hiddenSize());
    json.put("vocab_size", config.vocabSize());
    json("text_encoder/config.json", json);
  }

  /** Writes the noise schedule of the model, and the index of the folder. */
  public void scheduler(SchedulerConfig config) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("_class_name", "DDIMScheduler");
    json.put("beta_end", config.betaEnd());
    json.put("beta_schedule", lower(config.betas()));
    json.put("beta_start", config.betaStart());
    json.put("clip_sample", false);
    json.put("num_train_timesteps", config.numTrainTimesteps());
    json.put("prediction_type", lower(config.prediction()));
    json.put("set_alpha_to_one", config.setAlphaToOne());
    json.put("steps_offset", config.stepsOffset());
    json.put("timestep_spacing", lower(config.spacing()));
    json("scheduler/scheduler_config.json", json);
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "StableDiffusionPipeline");
    index.put("requires_safety_checker", false);
    index.put("safety_checker", Arrays.asList(null, null));
    index.put("feature_extractor", Arrays.asList(null, null));
    index.put("scheduler", List.of("diffusers", "DDIMScheduler"));
    index.put("text_encoder", List.of("transformers", "CLIPTextModel"));
    index.put("tokenizer", List.of("transformers", "CLIPTokenizer"));
    index.put("unet", List.of("diffusers", "UNet2DConditionModel"));
    index.put("vae", List.of("diffusers", "AutoencoderKL"));
    json("model_index.json", index);
  }

  /** Writes the guidance scale of pictures whose prompt names none. */
  public void guidance(double scale) {
    json(GenerationDefaults.FILE, Map.of(GenerationDefaults.GUIDANCE, scale));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void write(Scope scope, String file, List<Slot> slots, String prefix, float[] flat) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(Map.of("format", "pt"));
    for (Slot slot : slots) {
      Parameter parameter = slot.parameter();
      if (parameter.name().startsWith(prefix)) {
        int from = Math.toIntExact(slot.offset());
        int to = Math.toIntExact(from + parameter.shape().elements());
        try (Tensor full = Tensor.of(scope, parameter.shape(), Arrays.copyOfRange(flat, from, to));
            Tensor rounded = full.to(scope, stored)) {
          writer.add(
              parameter.name().substring(prefix.length()),
              stored,
              parameter.shape(),
              rounded.bytes());
        }
      }
    }
    Path path = folder.resolve(file);
    create(path);
    writer.write(path);
  }

  private void json(String file, Map<String, Object> content) {
    Path path = folder.resolve(file);
    create(path);
    try {
      AtomicFile.write(
          path,
          new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(content) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + path + ": " + e.getMessage(), e);
    }
  }

  private static void create(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot make the folder of " + file + ": " + e.getMessage(), e);
    }
  }
}
