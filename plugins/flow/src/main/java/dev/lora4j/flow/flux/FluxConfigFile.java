package dev.lora4j.flow.flux;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.flow.layer.AxialRotary;
import java.util.List;

/** The {@code config.json} of a {@code FluxTransformer2DModel}. */
record FluxConfigFile(ConfigFile json) {
  private static final int MOST_CHANNELS = 1 << 12;
  private static final int MOST_WIDTH = 1 << 16;
  private static final int MOST_BLOCKS = 1 << 10;

  private static final String IN = "in_channels";
  private static final String OUT = "out_channels";
  private static final String AXES = "axes_dims_rope";

  /** Numbers of a token for each channel of the latents. */
  private static final int PACKED = 4;

  /** Treatment of each field. */
  static final ConfigFields FIELDS =
      ConfigFields.none()
          .used(IN, OUT, "num_layers", "num_single_layers", "num_attention_heads")
          .used("attention_head_dim", "joint_attention_dim", "pooled_projection_dim")
          .used("guidance_embeds", AXES)
          .only("patch_size", "1");

  /**
   * The sizes; those of FLUX.1 where the file is silent, as in diffusers.
   *
   * @throws ModelException naming the field that is out of range, or does not go with another
   */
  FluxConfig config() {
    FIELDS.require(json);
    int in = channels(IN, json.within(IN, 1, MOST_CHANNELS, 64));
    int out = json.has(OUT) ? channels(OUT, json.within(OUT, 1, MOST_CHANNELS)) : in;
    int heads = json.within("num_attention_heads", 1, MOST_WIDTH, 24);
    int headWidth = json.within("attention_head_dim", 1, MOST_WIDTH, 128);
    if ((long) heads * headWidth > MOST_WIDTH) {
      throw new ModelException(
          json.file()
              + ": 'num_attention_heads' times 'attention_head_dim' is "
              + (long) heads * headWidth
              + ", expected at most "
              + MOST_WIDTH
              + ".");
    }
    return new FluxConfig(
        in,
        out,
        json.within("num_layers", 0, MOST_BLOCKS, 19),
        json.within("num_single_layers", 0, MOST_BLOCKS, 38),
        heads,
        headWidth,
        json.within("joint_attention_dim", 1, MOST_WIDTH, 4096),
        json.within("pooled_projection_dim", 1, MOST_WIDTH, 768),
        json.flag("guidance_embeds", false),
        axes(headWidth));
  }

  private int channels(String field, int packed) {
    if (packed % PACKED != 0) {
      throw new ModelException(
          json.file()
              + ": '"
              + field
              + "' is "
              + packed
              + ", expected a multiple of "
              + PACKED
              + ", as each token has two by two of the latents.");
    }
    return packed / PACKED;
  }

  private List<Integer> axes(int headWidth) {
    List<Integer> axes = json.has(AXES) ? json.integers(AXES) : List.of(16, 56, 56);
    boolean fit =
        axes.size() == AxialRotary.AXES && axes.stream().allMatch(a -> a > 0 && a % 2 == 0);
    if (!fit || axes.stream().mapToLong(Integer::longValue).sum() != headWidth) {
      throw new ModelException(
          json.file()
              + ": '"
              + AXES
              + "' is "
              + axes
              + ", expected "
              + AxialRotary.AXES
              + " even numbers whose sum is 'attention_head_dim', "
              + headWidth
              + ".");
    }
    return axes;
  }
}
