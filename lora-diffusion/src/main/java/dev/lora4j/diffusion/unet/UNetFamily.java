package dev.lora4j.diffusion.unet;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/** Stable Diffusion's denoisers as diffusers writes them: {@code UNet2DConditionModel}. */
@Extension(point = DenoiserFamily.class, name = "unet", help = "UNet2DConditionModel")
public final class UNetFamily implements DenoiserFamily {
  private static final String CLASS = "UNet2DConditionModel";
  private static final String[] ACTIVATIONS = {"silu", "swish", "gelu", "relu", "mish"};

  private static final String OTHER_BLOCKS =
      "diffusers uses it in blocks of other types alone, which are refused";

  private static final ConfigFields FIELDS =
      ConfigFields.none()
          .used("in_channels", "out_channels", "block_out_channels", "layers_per_block")
          .used("down_block_types", "up_block_types", "mid_block_type", "mid_block_scale_factor")
          .used("cross_attention_dim", "attention_head_dim", "use_linear_projection")
          .used("transformer_layers_per_block", "reverse_transformer_layers_per_block")
          .used("norm_num_groups", "norm_eps", "upcast_attention", "center_input_sample")
          .used("flip_sin_to_cos", "freq_shift", "time_embedding_dim", "time_cond_proj_dim")
          .used("addition_time_embed_dim", "projection_class_embeddings_input_dim")
          .used("sample_size")
          .only("downsample_padding", "1", "0")
          .only("act_fn", "silu", "swish")
          .only("timestep_post_act", ACTIVATIONS)
          .only("time_embedding_act_fn", ACTIVATIONS)
          .only("addition_embed_type", "text_time")
          .only("resnet_time_scale_shift", "default")
          .only("time_embedding_type", "positional")
          .only("attention_type", "default")
          .only("dual_cross_attention", "false")
          .only("only_cross_attention", "false")
          .only("class_embeddings_concat", "false")
          .only("conv_in_kernel", "3")
          .only("conv_out_kernel", "3")
          .refused(
              "Stable Diffusion's denoisers are told no class.",
              "class_embed_type",
              "num_class_embeds")
          .refused(
              "It brings layers between the text and the denoiser.",
              "encoder_hid_dim",
              "encoder_hid_dim_type")
          .refused(
              "diffusers refuses it too: the number of heads is called attention_head_dim.",
              "num_attention_heads")
          .idle("it counts in training alone", "dropout")
          .idle(OTHER_BLOCKS, "resnet_skip_time_act", "resnet_out_scale_factor")
          .idle(OTHER_BLOCKS, "cross_attention_norm", "mid_block_only_cross_attention")
          .idle("it is of the addition_embed_type text alone", "addition_embed_type_num_heads");

  /** For the host. */
  public UNetFamily() {}

  /** Treatment of each field of diffusers' {@code UNet2DConditionModel}. */
  public static ConfigFields fields() {
    return FIELDS;
  }

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", "").equals(CLASS);
  }

  @Override
  public Optional<ConfigFields> treatment() {
    return Optional.of(FIELDS);
  }

  @Override
  public DenoiserNetwork network(ConfigFile json) {
    FIELDS.require(json);
    return new UNet(new UNetConfigFile(json).config());
  }
}
