package dev.lora4j.text.data;

/**
 * Two completions of one prompt as token ids, of which the completions alone count.
 *
 * @param chosen the prompt with the better one
 * @param rejected the prompt with the other
 */
public record PreferencePair(TokenSequence chosen, TokenSequence rejected) {}
