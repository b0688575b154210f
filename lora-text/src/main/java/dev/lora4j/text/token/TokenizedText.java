package dev.lora4j.text.token;

/**
 * A text as ids, with the place of each in the text.
 *
 * @param ids one for each token
 * @param starts where a token begins in the text, counted in Java's chars; 0 for a token that was
 *     added
 * @param ends where it ends, exclusive; equal to its start for a token that was added. Tokens that
 *     are bytes of one character have that character's place
 */
@SuppressWarnings("ArrayRecordComponent") // handed to a tensor as they are, and never compared
public record TokenizedText(int[] ids, int[] starts, int[] ends) {
  /** Number of tokens. */
  public int length() {
    return ids.length;
  }
}
