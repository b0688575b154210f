package dev.lora4j.text.generate;

/**
 * What was added to a sequence.
 *
 * @param added the tokens
 * @param ended whether one of those that end it came
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record GeneratedTokens(int[] added, boolean ended) {}
