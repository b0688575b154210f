package dev.lora4j.diffusion.unet;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

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
 * @param transformerLayers transformer blocks per resolution, where there is attention
 * @param upcastAttention whether attention is computed in F32 where the compute type has less
 * @param added sizes of the added conditioning
 * @param variant other differences from Stable Diffusion's
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
    boolean linearProjection,
    List<Integer> transformerLayers,
    boolean upcastAttention,
    Optional<Added> added,
    UNetVariant variant)
    implements Canonical {

  /**
   * Sizes of Stable Diffusion XL's added conditioning: picture sizes and the pooled text (Podell et
   * al. 2023, section 2.2).
   *
   * @param sinusoids numbers that each size becomes
   * @param width the pooled text's width and all sinusoids together
   */
  public record Added(int sinusoids, int width) implements Canonical {
    @Override
    public String canonical() {
      return CanonicalForm.of("Added").with("sinusoids", sinusoids).with("width", width).text();
    }
  }

  /** Copies its lists. */
  public UNetConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
    downCrossAttention = List.copyOf(downCrossAttention);
    upCrossAttention = List.copyOf(upCrossAttention);
    attentionHeads = List.copyOf(attentionHeads);
    transformerLayers = List.copyOf(transformerLayers);
  }

  /** One transformer block each, and nothing but the timestep and the text. */
  public UNetConfig(
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
    this(
        inChannels,
        outChannels,
        blockOutChannels,
        downCrossAttention,
        upCrossAttention,
        layersPerBlock,
        crossAttentionDim,
        attentionHeads,
        normNumGroups,
        normEps,
        linearProjection,
        Collections.nCopies(blockOutChannels.size(), 1),
        false,
        Optional.empty(),
        UNetVariant.PLAIN);
  }

  /** Number of resolutions. */
  public int levels() {
    return blockOutChannels.size();
  }

  /** Width of the embedding of the timestep. */
  public int timeWidth() {
    return variant.timeWidth() > 0 ? variant.timeWidth() : 4 * blockOutChannels.get(0);
  }

  /** Transformer blocks after a residual block on the way down, if its resolution attends. */
  int depthDown(int level, int layer) {
    List<List<Integer>> own = variant.downDepths();
    return own.isEmpty() ? transformerLayers.get(level) : own.get(level).get(layer);
  }

  /** Transformer blocks of the middle. */
  int depthMiddle() {
    return depthDown(levels() - 1, 0);
  }

  /** Transformer blocks after a residual block on the way up, counted from the coarsest. */
  int depthUp(int step, int layer) {
    List<List<Integer>> own = variant.upDepths();
    return own.isEmpty() ? transformerLayers.get(levels() - 1 - step) : own.get(step).get(layer);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("UNetConfig")
        .with("inChannels", inChannels)
        .with("outChannels", outChannels)
        .with("blockOutChannels", blockOutChannels)
        .with("downCrossAttention", downCrossAttention)
        .with("upCrossAttention", upCrossAttention)
        .with("layersPerBlock", layersPerBlock)
        .with("crossAttentionDim", crossAttentionDim)
        .with("attentionHeads", attentionHeads)
        .with("normNumGroups", normNumGroups)
        .with("normEps", normEps)
        .with("linearProjection", linearProjection)
        .with("transformerLayers", transformerLayers)
        .with("upcastAttention", upcastAttention)
        .with("added", added)
        .with("variant", variant, UNetVariant.PLAIN)
        .text();
  }
}
