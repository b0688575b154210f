package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.WeightStore;

/**
 * One of a base's text encoders.
 *
 * @param model its folder, and what the names of its sites begin with, for example {@code
 *     text_encoder_2}
 * @param network it, with its sizes
 * @param weights its weights
 */
public record TextEncoder(String model, TextEncoderNetwork network, WeightStore weights) {}
