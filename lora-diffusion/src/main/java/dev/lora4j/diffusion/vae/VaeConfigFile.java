package dev.lora4j.diffusion.vae;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;

/**
 * The {@code config.json} of an AutoencoderKL. Each number is checked against what an autoencoder
 * can have before anything is built of it.
 */
public final class VaeConfigFile {
  private static final int MOST_CHANNELS = 1 << 16;
  private static final int MOST_LEVELS = 8;
  private static final int MOST_LAYERS = 64;

  private static final ConfigFields FIELDS =
      sizes()
          .only("_class_name", "AutoencoderKL")
          .used("scaling_factor", "shift_factor")
          .refused(
              "It is for bases that were trained on noise levels of their own (EDM, as Playground"
                  + " 2.5), for which there is no sampler here.",
              "latents_mean",
              "latents_std");

  private VaeConfigFile() {}

  /** Treatment of the fields that kinds of autoencoders of these blocks share. */
  public static ConfigFields sizes() {
    return ConfigFields.none()
        .used("in_channels", "out_channels", "latent_channels", "block_out_channels")
        .used("layers_per_block", "norm_num_groups")
        .used("mid_block_add_attention", "use_quant_conv", "use_post_quant_conv")
        .used("down_block_types", "up_block_types")
        .only("act_fn", "silu", "swish")
        .idle("tiles are cut by their own rule, above 1.6 million pixels", "sample_size")
        .idle(
            "F32 and BF16 hold what is computed; in F16, on a card, numbers that are not finite are"
                + " an error and never a picture",
            "force_upcast");
  }

  /** Treatment of each field of diffusers' {@code AutoencoderKL}. */
  public static ConfigFields fields() {
    return FIELDS;
  }

  /**
   * The sizes.
   *
   * @throws ModelException naming the field that is missing, out of range, or cannot be computed
   */
  public static VaeConfig read(ConfigFile json) {
    FIELDS.require(json);
    return sizes(json);
  }

  /**
   * The sizes of a kind of autoencoder of these blocks.
   *
   * @throws ModelException naming the field that is missing or out of range
   */
  public static VaeConfig sizes(ConfigFile json) {
    List<Integer> channels = json.listWithin("block_out_channels", 1, MOST_CHANNELS);
    if (channels.size() > MOST_LEVELS) {
      throw new ModelException(
          json.file()
              + ": 'block_out_channels' has "
              + channels.size()
              + " values, expected "
              + MOST_LEVELS
              + " at most.");
    }
    types(json, "down_block_types", "DownEncoderBlock2D", channels.size());
    types(json, "up_block_types", "UpDecoderBlock2D", channels.size());
    int groups = json.within("norm_num_groups", 1, MOST_CHANNELS, 32);
    for (int width : channels) {
      if (width % groups != 0) {
        throw new ModelException(
            json.file()
                + ": 'norm_num_groups' is "
                + groups
                + ", which does not divide "
                + width
                + " of 'block_out_channels'.");
      }
    }
    return new VaeConfig(
        json.within("in_channels", 1, MOST_CHANNELS),
        json.within("out_channels", 1, MOST_CHANNELS),
        json.within("latent_channels", 1, MOST_CHANNELS),
        channels,
        json.within("layers_per_block", 1, MOST_LAYERS),
        groups,
        json.between("scaling_factor", 0, 1e6, 0.18215),
        json.between("shift_factor", -1e6, 1e6, 0),
        new VaeParts(
            json.flag("mid_block_add_attention", true),
            json.flag("use_quant_conv", true),
            json.flag("use_post_quant_conv", true)));
  }

  private static void types(ConfigFile json, String key, String type, int levels) {
    if (!json.has(key)) {
      return;
    }
    List<String> types = json.texts(key);
    json.requireCount(key, types.size(), levels);
    for (String each : types) {
      if (!each.equals(type)) {
        throw new ModelException(
            json.file() + ": '" + key + "' names " + each + "; only " + type + " can be read.");
      }
    }
  }
}
