package dev.lora4j.text.generate;

/**
 * Log-probability of a token.
 *
 * @param value natural logarithm of the probability that the model gave it; negative infinity for a
 *     token that is impossible
 */
public record TokenLogProbability(int token, double value) {}
