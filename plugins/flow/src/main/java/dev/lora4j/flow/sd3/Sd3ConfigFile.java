package dev.lora4j.flow.sd3;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;

/** The {@code config.json} of an {@code SD3Transformer2DModel}. */
record Sd3ConfigFile(ConfigFile json) {
  private static final int MOST_CHANNELS = 1 << 12;
  private static final int MOST_WIDTH = 1 << 16;
  private static final int MOST_BLOCKS = 1 << 10;
  private static final int MOST_POSITIONS = 1 << 12;
  private static final int MOST_SIDE = 1 << 14;

  private static final String DUAL = "dual_attention_layers";
  private static final String PROJECTED = "caption_projection_dim";

  /** Treatment of each field. */
  static final ConfigFields FIELDS =
      ConfigFields.none()
          .used("sample_size", "in_channels", "out_channels", "num_layers")
          .used("num_attention_heads", "attention_head_dim", "joint_attention_dim")
          .used(PROJECTED, "pooled_projection_dim", "pos_embed_max_size", DUAL)
          .only("patch_size", "2")
          .only("qk_norm", "rms_norm");

  /**
   * The sizes.
   *
   * @throws ModelException naming the field that is missing, out of range, or does not go with
   *     another
   */
  Sd3Config config() {
    FIELDS.require(json);
    json.within("sample_size", 2, MOST_SIDE);
    int channels = json.within("in_channels", 1, MOST_CHANNELS);
    int blocks = json.within("num_layers", 1, MOST_BLOCKS);
    int heads = json.within("num_attention_heads", 1, MOST_WIDTH);
    int headWidth = json.within("attention_head_dim", 1, MOST_WIDTH);
    long width = (long) heads * headWidth;
    if (width > MOST_WIDTH || width % 4 != 0) {
      throw new ModelException(
          json.file()
              + ": 'num_attention_heads' times 'attention_head_dim' is "
              + width
              + ", expected a multiple of 4 up to "
              + MOST_WIDTH
              + ".");
    }
    if (json.within(PROJECTED, 1, MOST_WIDTH) != width) {
      throw new ModelException(
          json.file()
              + ": '"
              + PROJECTED
              + "' is "
              + json.integer(PROJECTED)
              + ", but words and picture have one width, 'num_attention_heads' times"
              + " 'attention_head_dim', which is "
              + width
              + ".");
    }
    return new Sd3Config(
        channels,
        json.states("out_channels") && !json.has("out_channels")
            ? channels
            : json.within("out_channels", 1, MOST_CHANNELS, 16),
        blocks,
        heads,
        headWidth,
        json.within("joint_attention_dim", 1, MOST_WIDTH),
        json.within("pooled_projection_dim", 1, MOST_WIDTH),
        json.within("pos_embed_max_size", 1, MOST_POSITIONS),
        dual(blocks),
        json.has("qk_norm"));
  }

  private List<Integer> dual(int blocks) {
    if (!json.has(DUAL)) {
      return List.of();
    }
    List<Integer> dual = json.integers(DUAL).stream().distinct().sorted().toList();
    if (dual.stream().anyMatch(i -> i < 0 || i >= blocks)) {
      throw new ModelException(
          json.file()
              + ": '"
              + DUAL
              + "' is "
              + dual
              + ", expected numbers of blocks from 0 to "
              + (blocks - 1)
              + ".");
    }
    return dual;
  }
}
