package dev.lora4j.text.token;

/**
 * Two texts as one sequence, as the encoder models of sentence pairs take them.
 *
 * @param ids one for each token, those that separate the texts among them
 * @param types for each token the number of its text, 0 or 1, as far as the tokeniser has types
 */
@SuppressWarnings("ArrayRecordComponent") // handed to a tensor as they are, and never compared
public record TokenizedPair(int[] ids, int[] types) {}
