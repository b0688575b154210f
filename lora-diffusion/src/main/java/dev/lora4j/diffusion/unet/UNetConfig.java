package dev.lora4j.diffusion.unet;

import java.util.List;

/**
 * The sizes of a UNet2DConditionModel, named as in its {@code config.json}.
 *
 * @param blockOutChannels channels per resolution, finest first
 * @param downCrossAttention whether each down block attends to the text
 * @param upCrossAttention whether each up block attends to the text, coarsest first
 * @param attentionHeads number of attention heads per resolution; diffusers calls this {@code
 *     attention_head_dim} for historical reasons
 * @param linearProjection whether the transformers' {@code proj_in} and {@code proj_out} are linear
 *     layers instead of 1x1 convolutions
 */
public record UNetConfig(
    int inChannels,
    int outChannels,
    List<Integer> blockOutChannels,
    List<Boolean> downCrossAttention,
    List<Boolean> upCrossAttention,
    int layersPerBlock,
    int crossAttentionDim,
    List<Integer> attentionHeads,
    int normNumGroups,
    double normEps,
    boolean linearProjection) {

  /** Copies its lists. */
  public UNetConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
    downCrossAttention = List.copyOf(downCrossAttention);
    upCrossAttention = List.copyOf(upCrossAttention);
    attentionHeads = List.copyOf(attentionHeads);
  }

  /** Number of resolutions. */
  public int levels() {
    return blockOutChannels.size();
  }

  /** Width of the embedding of the timestep. */
  public int timeWidth() {
    return 4 * blockOutChannels.get(0);
  }
}
