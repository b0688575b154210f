package dev.lora4j.text.generate;

/**
 * Token that a step added to a row.
 *
 * @param row the row, which may be done now
 * @param token the last of its tokens
 */
public record RowToken(GenerationRow row, int token) {}
