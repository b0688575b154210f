package dev.lora4j.text.data;

/**
 * A text that a teacher and its student read, each in its own way. The same number of tokens is
 * learned of both, in the same order: the student learns at each what the teacher says there.
 *
 * @param own as the teacher reads it
 * @param student as the student reads it, for example with words before it that call the teacher
 */
public record TaughtText(TokenSequence own, TokenSequence student) {
  /** Checks that both have as many tokens to learn, at least one. */
  public TaughtText {
    if (own.learned() != student.learned() || own.learned() == 0) {
      throw new IllegalArgumentException(
          "A teacher reads "
              + own.learned()
              + " tokens to learn and its student "
              + student.learned()
              + "; they must be as many, and one at least.");
    }
  }

  /** A text that both read alike. */
  public static TaughtText of(TokenSequence text) {
    return new TaughtText(text, text);
  }
}
