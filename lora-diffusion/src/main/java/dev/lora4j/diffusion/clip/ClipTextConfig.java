package dev.lora4j.diffusion.clip;

/**
 * The sizes of a CLIPTextModel, named as in its {@code config.json}.
 *
 * @param quickGelu whether the activation is x * sigmoid(1.702 x) instead of the exact GELU
 */
public record ClipTextConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int maxPositionEmbeddings,
    double layerNormEps,
    boolean quickGelu) {}
