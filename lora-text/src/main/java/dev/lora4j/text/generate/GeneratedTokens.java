package dev.lora4j.text.generate;

/**
 * Tokens that were generated for a sequence.
 *
 * @param added the tokens
 * @param ended whether one of those that end it came
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record GeneratedTokens(int[] added, boolean ended) {}
