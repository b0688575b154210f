package dev.lora4j.flow.zimage;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;

/** The {@code config.json} of a {@code ZImageTransformer2DModel}. */
record ZImageConfigFile(ConfigFile json) {
  private static final int MOST_CHANNELS = 1 << 12;
  private static final int MOST_WIDTH = 1 << 16;
  private static final int MOST_BLOCKS = 1 << 10;
  private static final int MOST_POSITIONS = 1 << 20;
  private static final double MOST = 1e9;

  private static final String WIDTH = "dim";
  private static final String HEADS = "n_heads";
  private static final String KEYS = "n_kv_heads";
  private static final String AXES = "axes_dims";
  private static final String LENGTHS = "axes_lens";

  /** Axes of positions: the text and the picture behind it, rows, columns. */
  private static final int NUMBER_OF_AXES = 3;

  /** Positions of a text of all tokens, from 1, and of the picture behind it. */
  private static final int LEAST_POSITIONS = ZImageTexts.TOKENS + 2;

  /** Treatment of each field. */
  static final ConfigFields FIELDS =
      ConfigFields.none()
          .used("in_channels", WIDTH, "n_layers", "n_refiner_layers", HEADS, KEYS, "norm_eps")
          .used("qk_norm", "cap_feat_dim", "rope_theta", "t_scale", AXES, LENGTHS)
          .only("all_patch_size", "[2]")
          .only("all_f_patch_size", "[1]")
          .refused(
              "Only transformers that take no picture beside the text are.", "siglip_feat_dim");

  /**
   * The sizes; those of Z-Image where the file is silent, as in diffusers.
   *
   * @throws ModelException naming the field that is out of range, or does not go with another
   */
  ZImageConfig config() {
    FIELDS.require(json);
    int width = json.within(WIDTH, 1, MOST_WIDTH, 3840);
    int heads = json.within(HEADS, 1, MOST_WIDTH, 30);
    int keys = json.within(KEYS, 1, MOST_WIDTH, 30);
    // diffusers reads as many keys as heads, whatever the file says.
    if (keys != heads) {
      throw refused(KEYS, keys, "as many as '" + HEADS + "', " + heads);
    }
    if (width % heads != 0) {
      throw refused(WIDTH, width, "a multiple of '" + HEADS + "', " + heads);
    }
    return new ZImageConfig(
        json.within("in_channels", 1, MOST_CHANNELS, 16),
        width,
        json.within("n_layers", 0, MOST_BLOCKS, 30),
        json.within("n_refiner_layers", 0, MOST_BLOCKS, 2),
        heads,
        json.within("cap_feat_dim", 1, MOST_WIDTH, 2560),
        json.between("norm_eps", 0, 1, 1e-5),
        json.flag("qk_norm", true),
        json.between("rope_theta", 1, MOST, 256),
        json.between("t_scale", 0, MOST, 1000),
        axes(width / heads),
        lengths());
  }

  private List<Integer> axes(int headWidth) {
    List<Integer> axes = json.has(AXES) ? json.integers(AXES) : List.of(32, 48, 48);
    boolean fit = axes.size() == NUMBER_OF_AXES && axes.stream().allMatch(a -> a > 0 && a % 2 == 0);
    if (!fit || axes.stream().mapToLong(Integer::longValue).sum() != headWidth) {
      throw refused(
          AXES,
          axes,
          NUMBER_OF_AXES
              + " even numbers whose sum is '"
              + WIDTH
              + "' by '"
              + HEADS
              + "', "
              + headWidth);
    }
    return axes;
  }

  private List<Integer> lengths() {
    if (!json.has(LENGTHS)) {
      return List.of(1024, 512, 512);
    }
    List<Integer> lengths = json.listWithin(LENGTHS, 1, MOST_POSITIONS);
    if (lengths.size() != NUMBER_OF_AXES || lengths.get(0) < LEAST_POSITIONS) {
      throw refused(
          LENGTHS,
          lengths,
          NUMBER_OF_AXES
              + " numbers, the first at least "
              + LEAST_POSITIONS
              + ", for "
              + ZImageTexts.TOKENS
              + " tokens of text and the picture");
    }
    return lengths;
  }

  private ModelException refused(String field, Object found, String expected) {
    return new ModelException(
        json.file() + ": '" + field + "' is " + found + ", expected " + expected + ".");
  }
}
