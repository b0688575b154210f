package dev.lora4j.diffusion.sampling;

/**
 * One level of noise that a run visits.
 *
 * @param sigma standard deviation of the noise, where the latents' own is about 1
 * @param timestep what the network was told during training at this level
 */
public record NoiseLevel(double sigma, double timestep) {}
