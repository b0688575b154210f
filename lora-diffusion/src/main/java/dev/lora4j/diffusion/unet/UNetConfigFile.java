package dev.lora4j.diffusion.unet;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.unet.UNetVariant.Middle;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The {@code config.json} of a UNet2DConditionModel. Each number is checked against what a denoiser
 * can have before anything is built of it.
 */
record UNetConfigFile(ConfigFile json) {
  private static final int MOST_CHANNELS = 1 << 16;
  private static final int MOST_LEVELS = 8;
  private static final int MOST_LAYERS = 64;
  private static final String HEADS = "attention_head_dim";
  private static final String DEPTHS = "transformer_layers_per_block";
  private static final String UP_DEPTHS = "reverse_transformer_layers_per_block";
  private static final String MIDDLE = "mid_block_type";

  /**
   * The sizes.
   *
   * @throws ModelException naming the field that is missing, out of range, or does not go with
   *     another
   */
  UNetConfig config() {
    List<Integer> channels = json.listWithin("block_out_channels", 1, MOST_CHANNELS);
    int levels = channels.size();
    if (levels > MOST_LEVELS) {
      throw wrong(
          "block_out_channels", "has " + levels + " values, expected " + MOST_LEVELS + " at most");
    }
    List<Boolean> down = attention("down_block_types", "Down", levels);
    List<Boolean> up = attention("up_block_types", "Up", levels);
    int layers = alike("layers_per_block", levels, 1, MOST_LAYERS);
    List<Integer> heads = json.listWithin(HEADS, levels, 1, MOST_CHANNELS);
    int groups = json.within("norm_num_groups", 1, MOST_CHANNELS, groups());
    for (int level = 0; level < levels; level++) {
      requireDivides(groups, "norm_num_groups", channels.get(level));
      if (down.get(level) || up.get(levels - 1 - level) || level == levels - 1) {
        requireDivides(heads.get(level), HEADS, channels.get(level));
      }
    }
    List<List<Integer>> downDepths = depths(DEPTHS, levels, layers);
    boolean nested = downDepths.stream().anyMatch(d -> d.stream().distinct().count() > 1);
    boolean reversed = json.has(UP_DEPTHS);
    if (nested && !reversed) {
      throw wrong(DEPTHS, "has lists within, which need " + UP_DEPTHS + " beside it");
    }
    List<List<Integer>> upDepths = reversed ? depths(UP_DEPTHS, levels, layers + 1) : List.of();
    UNetVariant variant = variant().depths(nested ? downDepths : List.of(), upDepths);
    UNetConfig config =
        new UNetConfig(
            json.within("in_channels", 1, MOST_CHANNELS),
            json.within("out_channels", 1, MOST_CHANNELS),
            channels,
            down,
            up,
            layers,
            alike("cross_attention_dim", levels, 1, MOST_CHANNELS),
            heads,
            groups,
            json.between("norm_eps", 0, 1, 1e-5),
            json.flag("use_linear_projection", false),
            downDepths.stream().map(d -> d.get(0)).toList(),
            json.flag("upcast_attention", false),
            added(),
            variant);
    requireDepths(config);
    return config;
  }

  /** Null would leave the norms out, which is not the same as saying nothing. */
  private int groups() {
    if (json.states("norm_num_groups") && !json.has("norm_num_groups")) {
      throw wrong("norm_num_groups", "is null; only a number of groups can be read");
    }
    return 32;
  }

  private UNetVariant variant() {
    int timeWidth = json.within("time_embedding_dim", 1, MOST_CHANNELS, 0);
    return new UNetVariant(
        json.within("downsample_padding", 0, 1, 1),
        middle(),
        json.between("mid_block_scale_factor", 0, 1e6, 1),
        json.flag("center_input_sample", false),
        !json.flag("flip_sin_to_cos", true),
        json.between("freq_shift", -1e3, 1e3, 0),
        timeWidth,
        activation("timestep_post_act"),
        activation("time_embedding_act_fn"),
        // Below four its sinusoids would have no two frequencies.
        json.within("time_cond_proj_dim", 4, MOST_CHANNELS, 0),
        List.of(),
        List.of());
  }

  private Optional<TimeActivation> activation(String key) {
    return json.has(key) ? Optional.of(TimeActivation.named(json.text(key, ""))) : Optional.empty();
  }

  private Middle middle() {
    if (!json.has(MIDDLE)) {
      return json.states(MIDDLE) ? Middle.NONE : Middle.CROSS_ATTENTION;
    }
    return switch (json.text(MIDDLE, "")) {
      case "UNetMidBlock2DCrossAttn" -> Middle.CROSS_ATTENTION;
      case "UNetMidBlock2D" -> Middle.RESIDUAL;
      default ->
          throw wrong(
              MIDDLE,
              "is "
                  + json.text(MIDDLE, "")
                  + "; UNetMidBlock2DCrossAttn, UNetMidBlock2D and null can be read");
    };
  }

  /**
   * Reads for each block whether it has cross-attention; {@code way} is a part of its type's name.
   */
  private List<Boolean> attention(String key, String way, int levels) {
    String plain = way + "Block2D";
    String attending = "CrossAttn" + plain;
    List<String> types = json.texts(key).stream().map(t -> t.replaceFirst("^UNetRes", "")).toList();
    json.requireCount(key, types.size(), levels);
    for (String type : types) {
      if (!type.equals(plain) && !type.equals(attending)) {
        throw wrong(key, "names " + type + "; " + attending + " and " + plain + " can be read");
      }
    }
    return types.stream().map(attending::equals).toList();
  }

  /** One number for all resolutions, which the file may give once or for each. */
  private int alike(String key, int levels, int least, int most) {
    List<Integer> values = json.listWithin(key, levels, least, most);
    if (values.stream().distinct().count() > 1) {
      throw wrong(key, "is " + values + "; only the same for all resolutions can be read");
    }
    return values.get(0);
  }

  private List<List<Integer>> depths(String key, int levels, int layers) {
    return json.has(key)
        ? json.listsWithin(key, levels, layers, 0, MOST_LAYERS)
        : Collections.nCopies(levels, Collections.nCopies(layers, 1));
  }

  /**
   * Refuses depths of 0 where there is attention: diffusers builds its layers there also around no
   * transformer block.
   */
  private void requireDepths(UNetConfig config) {
    for (int level = 0; level < config.levels(); level++) {
      int step = config.levels() - 1 - level;
      for (int layer = 0; layer <= config.layersPerBlock(); layer++) {
        boolean down = layer < config.layersPerBlock() && config.downCrossAttention().get(level);
        requireDepth(DEPTHS, !down || config.depthDown(level, layer) > 0);
        boolean up = config.upCrossAttention().get(step);
        requireDepth(UP_DEPTHS, !up || config.depthUp(step, layer) > 0);
      }
    }
    boolean middle = config.variant().middle() == Middle.CROSS_ATTENTION;
    requireDepth(DEPTHS, !middle || config.depthMiddle() > 0);
  }

  private void requireDepth(String key, boolean fits) {
    if (!fits) {
      throw wrong(key, "is 0 where a block attends to the text; 1 or more can be read");
    }
  }

  private void requireDivides(int part, String key, int channels) {
    if (channels % part != 0) {
      throw wrong(
          key, "is " + part + ", which does not divide " + channels + " of 'block_out_channels'");
    }
  }

  private Optional<UNetConfig.Added> added() {
    if (!json.has("addition_embed_type")) {
      return Optional.empty();
    }
    String key = "projection_class_embeddings_input_dim";
    String ofSizes = "addition_time_embed_dim";
    int sinusoids = json.within(ofSizes, 2, MOST_CHANNELS);
    int width = json.within(key, 1, MOST_CHANNELS);
    if (width <= sinusoids * AddedConditioning.SIZES) {
      throw wrong(
          key,
          "is "
              + width
              + ", which leaves no place for a pooled text beside six sizes"
              + " of "
              + sinusoids
              + " numbers ("
              + ofSizes
              + ")");
    }
    return Optional.of(new UNetConfig.Added(sinusoids, width));
  }

  private ModelException wrong(String key, String how) {
    return new ModelException(json.file() + ": '" + key + "' " + how + ".");
  }
}
