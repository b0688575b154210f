package dev.lora4j.bench.text;

import dev.lora4j.core.tensor.DType;

/**
 * Settings of a generation.
 *
 * @param type to compute in
 * @param rows prompts at once
 * @param prompt tokens of each
 * @param tokens added to each
 */
record DecodingSetting(DType type, int rows, int prompt, int tokens) {}
