package dev.lora4j.core.tensor;

/**
 * Cost of one run of a program, counted while it is staged with known sizes: see {@link
 * Graph#sized}.
 *
 * @param flops floating-point operations of products: linear layers, convolutions, products of
 *     matrices, attention; forward, for each input that needs a gradient, and once more where a
 *     checkpointed segment is computed again
 * @param traffic bytes that operators read and write, forward and for the gradient
 * @param operators how many operators run, views not counted
 * @param kept bytes of what is computed and has to stay for the gradient, at the most at one time
 * @param working bytes that the largest operator reads and writes
 */
public record Cost(long flops, long traffic, long operators, long kept, long working) {}
