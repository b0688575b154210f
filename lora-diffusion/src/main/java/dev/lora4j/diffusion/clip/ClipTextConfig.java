package dev.lora4j.diffusion.clip;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * The sizes of a CLIPTextModel, named as in its {@code config.json}.
 *
 * @param quickGelu whether the activation is x * sigmoid(1.702 x) instead of the exact GELU
 * @param projectionDim width of the pooled text, 0 if there is none
 */
public record ClipTextConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int maxPositionEmbeddings,
    double layerNormEps,
    boolean quickGelu,
    int projectionDim)
    implements Canonical {
  /** An encoder without a pooled text. */
  public ClipTextConfig(
      int vocabSize,
      int hiddenSize,
      int intermediateSize,
      int numHiddenLayers,
      int numAttentionHeads,
      int maxPositionEmbeddings,
      double layerNormEps,
      boolean quickGelu) {
    this(
        vocabSize,
        hiddenSize,
        intermediateSize,
        numHiddenLayers,
        numAttentionHeads,
        maxPositionEmbeddings,
        layerNormEps,
        quickGelu,
        0);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ClipTextConfig")
        .with("vocabSize", vocabSize)
        .with("hiddenSize", hiddenSize)
        .with("intermediateSize", intermediateSize)
        .with("numHiddenLayers", numHiddenLayers)
        .with("numAttentionHeads", numAttentionHeads)
        .with("maxPositionEmbeddings", maxPositionEmbeddings)
        .with("layerNormEps", layerNormEps)
        .with("quickGelu", quickGelu)
        .with("projectionDim", projectionDim)
        .text();
  }
}
