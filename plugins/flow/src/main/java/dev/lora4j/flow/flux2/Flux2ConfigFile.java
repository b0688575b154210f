package dev.lora4j.flow.flux2;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;

/** The {@code config.json} of a {@code Flux2Transformer2DModel}. */
record Flux2ConfigFile(ConfigFile json) {
  private static final int MOST_CHANNELS = 1 << 12;
  private static final int MOST_WIDTH = 1 << 16;
  private static final int MOST_BLOCKS = 1 << 10;
  private static final double MOST_BASE = 1e9;
  private static final double MOST_RATIO = 64;

  private static final String IN = "in_channels";
  private static final String OUT = "out_channels";
  private static final String HEADS = "num_attention_heads";
  private static final String HEAD = "attention_head_dim";
  private static final String SINES = "timestep_guidance_channels";
  private static final String AXES = "axes_dims_rope";
  private static final String GUIDED = "guidance_embeds";
  private static final String EPSILON = "eps";
  private static final double ONLY_EPSILON = 1e-6;

  /** Axes of positions: pictures, rows, columns, words. */
  private static final int NUMBER_OF_AXES = 4;

  /** Treatment of each field. */
  static final ConfigFields FIELDS =
      ConfigFields.none()
          .used(IN, OUT, "num_layers", "num_single_layers", HEADS, HEAD)
          .used("joint_attention_dim", SINES, "mlp_ratio", AXES, "rope_theta", GUIDED, EPSILON)
          .only("patch_size", "1");

  /**
   * The sizes; those of diffusers where the file is silent.
   *
   * @throws ModelException naming the field that is out of range, or does not go with another
   */
  Flux2Config config() {
    FIELDS.require(json);
    if (json.flag(GUIDED, true)) {
      throw refused(GUIDED, true, "false, as FLUX.2 [klein] has it; FLUX.2 [dev] is not there");
    }
    int channels = json.within(IN, 1, MOST_CHANNELS, 128);
    int out = json.has(OUT) ? json.within(OUT, 1, MOST_CHANNELS) : channels;
    if (out != channels) {
      throw refused(OUT, out, "as many as '" + IN + "', " + channels);
    }
    double epsilon = json.between(EPSILON, 0, 1, ONLY_EPSILON);
    if (epsilon != ONLY_EPSILON) {
      throw refused(EPSILON, epsilon, ONLY_EPSILON);
    }
    int heads = json.within(HEADS, 1, MOST_WIDTH, 48);
    int headWidth = json.within(HEAD, 1, MOST_WIDTH, 128);
    long width = (long) heads * headWidth;
    if (width > MOST_WIDTH) {
      throw refused(HEADS, heads, "at most " + MOST_WIDTH / headWidth + " of '" + HEAD + "'");
    }
    int sines = json.within(SINES, 2, MOST_WIDTH, 256);
    if (sines % 2 != 0) {
      throw refused(SINES, sines, "an even number, for cosines and sines");
    }
    double inner = width * json.between("mlp_ratio", 0, MOST_RATIO, 3);
    if (inner < 1) {
      throw refused("mlp_ratio", json.between("mlp_ratio", 0, MOST_RATIO, 3), "more");
    }
    return new Flux2Config(
        channels,
        json.within("num_layers", 0, MOST_BLOCKS, 8),
        json.within("num_single_layers", 0, MOST_BLOCKS, 48),
        heads,
        headWidth,
        json.within("joint_attention_dim", 1, MOST_WIDTH, 15360),
        sines,
        (int) inner,
        axes(headWidth),
        json.between("rope_theta", 1, MOST_BASE, 2000));
  }

  private List<Integer> axes(int headWidth) {
    List<Integer> axes = json.has(AXES) ? json.integers(AXES) : List.of(32, 32, 32, 32);
    boolean fit = axes.size() == NUMBER_OF_AXES && axes.stream().allMatch(a -> a > 0 && a % 2 == 0);
    if (!fit || axes.stream().mapToLong(Integer::longValue).sum() != headWidth) {
      throw refused(
          AXES, axes, NUMBER_OF_AXES + " even numbers whose sum is '" + HEAD + "', " + headWidth);
    }
    return axes;
  }

  private ModelException refused(String field, Object found, Object expected) {
    return new ModelException(
        json.file() + ": '" + field + "' is " + found + ", expected " + expected + ".");
  }
}
