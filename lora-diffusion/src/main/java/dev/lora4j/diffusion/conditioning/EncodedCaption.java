package dev.lora4j.diffusion.conditioning;

/**
 * Encoded caption: the text conditioning of the denoiser in training.
 *
 * @param context [tokens, width] in row-major order, of all text encoders side by side
 * @param pooled [width], empty if the denoiser takes none
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, and never compared
public record EncodedCaption(float[] context, float[] pooled) {}
