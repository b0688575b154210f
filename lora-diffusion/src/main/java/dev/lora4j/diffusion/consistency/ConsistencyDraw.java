package dev.lora4j.diffusion.consistency;

import dev.lora4j.diffusion.sampling.NoiseLevel;

/**
 * Draw of a sample: a step of the teacher's solver, its guidance, and noise.
 *
 * @param from level of the noisy latents that the student sees
 * @param to level that the teacher steps to, where the target is
 * @param guidance of the teacher; 0 is none
 * @param noise standard normal, one number for each of the latents
 */
@SuppressWarnings("ArrayRecordComponent") // Draws are stacked, never compared.
public record ConsistencyDraw(NoiseLevel from, NoiseLevel to, double guidance, float[] noise) {}
