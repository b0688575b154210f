package dev.lora4j.bench;

/**
 * The least that a piece of work needs, whoever does it.
 *
 * @param flops floating-point operations; a multiplication with its addition counts as two
 * @param bytes that have to come from memory
 */
public record Work(double flops, double bytes) {}
