package dev.lora4j.text.data;

/**
 * Completion of a prompt as token ids, of which the completion alone counts.
 *
 * @param sequence the prompt with it
 * @param prompt number of ids of the prompt
 * @param good whether people found it good
 */
public record JudgedCompletion(TokenSequence sequence, int prompt, boolean good) {}
