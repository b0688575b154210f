package dev.lora4j.diffusion.train.objective;

import dev.lora4j.diffusion.sampling.NoiseLevel;

/**
 * Draw of one sample of a step: its noise, level and weight.
 *
 * @param level noise level, and the timestep of the network's input
 * @param weight of its loss
 * @param threshold of a loss that has one
 * @param noise what the target is made of, the shape of the latents
 * @param inputNoise what the network's input is made of; the same array unless it is perturbed
 */
@SuppressWarnings("ArrayRecordComponent") // Draws are stacked, never compared.
public record SampleDraw(
    NoiseLevel level, double weight, double threshold, float[] noise, float[] inputNoise) {}
