package dev.lora4j.core.tensor;

/**
 * Result of batch normalisation in training.
 *
 * @param values the normalised values
 * @param mean the running mean after this batch: [channels]
 * @param variance the running variance after this batch, of the unbiased estimate: [channels]
 */
public record BatchNormed(Expr values, Expr mean, Expr variance) {}
