package dev.lora4j.diffusion.pipeline;

/**
 * A caption as the denoiser is told it in training.
 *
 * @param context [tokens, width] in row-major order, of all text encoders side by side
 * @param pooled [width], empty if the denoiser is not told it
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, and never compared
public record EncodedCaption(float[] context, float[] pooled) {}
