package dev.lora4j.diffusion.autoencoder;

import dev.lora4j.core.tensor.Expr;

/**
 * Distribution of the latents of pictures, a normal one at each place.
 *
 * @param mean [batch, latentChannels, height / scale, width / scale]
 * @param logVariance logarithm of the variance, of the same shape
 */
public record LatentMoments(Expr mean, Expr logVariance) {}
