package dev.lora4j.text.generate;

import java.util.Optional;

/**
 * Token that a step added to a row.
 *
 * @param row the row, which may be done now
 * @param token the last of its tokens
 * @param choice its log-probabilities, if the request asks for them
 */
public record RowToken(GenerationRow row, int token, Optional<TokenChoice> choice) {}
