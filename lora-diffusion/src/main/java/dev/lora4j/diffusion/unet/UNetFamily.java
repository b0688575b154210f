package dev.lora4j.diffusion.unet;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.spi.Extension;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Stable Diffusion's denoisers as diffusers writes them: {@code UNet2DConditionModel}. */
@Extension(point = DenoiserFamily.class, name = "unet", help = "UNet2DConditionModel")
public final class UNetFamily implements DenoiserFamily {
  private static final String CLASS = "UNet2DConditionModel";

  /** For the host. */
  public UNetFamily() {}

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", "").equals(CLASS);
  }

  @Override
  public DenoiserNetwork network(ConfigFile json) {
    return new UNet(config(json));
  }

  private static UNetConfig config(ConfigFile json) {
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
}
