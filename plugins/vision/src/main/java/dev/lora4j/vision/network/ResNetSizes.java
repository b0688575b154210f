package dev.lora4j.vision.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;

/**
 * Sizes of a ResNet.
 *
 * @param names of its layers
 * @param bottleneck whether a block has convolutions of 1x1, 3x3 and 1x1, and not two of 3x3
 * @param stem channels after the first convolution
 * @param depths blocks of each stage
 * @param inner channels between the convolutions of a block, for each stage
 * @param widths channels after a block, for each stage
 * @param halvesFirst whether the first stage halves height and width too
 * @param strideAtFirst whether a bottleneck halves them in its first convolution, as the paper has
 *     it, and not in that of 3x3
 * @param labels classes of the head; 0 if there is none
 */
public record ResNetSizes(
    ResNetNames names,
    boolean bottleneck,
    int stem,
    List<Integer> depths,
    List<Integer> inner,
    List<Integer> widths,
    boolean halvesFirst,
    boolean strideAtFirst,
    int labels) {
  private static final int MOST_STAGES = 8;
  private static final int MOST_BLOCKS = 256;
  private static final int MOST_WIDTH = 1 << 16;

  /** A bottleneck is so many times narrower within. */
  private static final int REDUCTION = 4;

  /** Copies its lists. */
  public ResNetSizes {
    depths = List.copyOf(depths);
    inner = List.copyOf(inner);
    widths = List.copyOf(widths);
  }

  /**
   * Reads the {@code config.json} of transformers.
   *
   * @param labels classes of the head; 0 if there is none
   * @throws ModelException if it is no ResNet, or one with a setting that is not supported
   */
  public static ResNetSizes read(ConfigFile config, int labels) {
    String type = config.text("model_type", "");
    if (!type.equals("resnet")) {
      throw new ModelException(
          "%s: 'model_type' is '%s'; pictures are classified by ResNets, which have 'resnet'."
              .formatted(config.file(), type));
    }
    config.require("hidden_act", "relu");
    String kind = config.text("layer_type", "bottleneck");
    if (!kind.equals("bottleneck") && !kind.equals("basic")) {
      throw new ModelException(
          "%s: 'layer_type' is '%s'; expected bottleneck or basic.".formatted(config.file(), kind));
    }
    config.within("num_channels", 3, 3, 3);
    List<Integer> depths =
        config.has("depths") ? config.listWithin("depths", 1, MOST_BLOCKS) : List.of(3, 4, 6, 3);
    List<Integer> widths =
        config.has("hidden_sizes")
            ? config.listWithin("hidden_sizes", 1, MOST_WIDTH)
            : List.of(256, 512, 1024, 2048);
    if (depths.size() != widths.size() || depths.size() > MOST_STAGES) {
      throw new ModelException(
          "%s: 'depths' has %d stages and 'hidden_sizes' %d; expected the same, of %d at most."
              .formatted(config.file(), depths.size(), widths.size(), MOST_STAGES));
    }
    boolean bottleneck = kind.equals("bottleneck");
    return new ResNetSizes(
        ResNetNames.TRANSFORMERS,
        bottleneck,
        config.within("embedding_size", 1, MOST_WIDTH, 64),
        depths,
        bottleneck ? widths.stream().map(w -> Math.max(1, w / REDUCTION)).toList() : widths,
        widths,
        config.flag("downsample_in_first_stage", false),
        config.flag("downsample_in_bottleneck", false),
        labels);
  }

  /** The same with another head. */
  public ResNetSizes labels(int other) {
    return new ResNetSizes(
        names, bottleneck, stem, depths, inner, widths, halvesFirst, strideAtFirst, other);
  }

  /** Number of convolutions in a block, without that beside it. */
  int convolutions() {
    return bottleneck ? 3 : 2;
  }

  /** Factor by which a block makes height and width smaller. */
  int stride(int stage, int block) {
    return block == 0 && (stage > 0 || halvesFirst) ? 2 : 1;
  }

  /** True if there is a convolution beside a block. */
  boolean shortcut(int stage, int block) {
    return block == 0 && (stride(stage, block) > 1 || !widths.get(stage).equals(before(stage)));
  }

  private Integer before(int stage) {
    return stage == 0 ? Integer.valueOf(stem) : widths.get(stage - 1);
  }
}
