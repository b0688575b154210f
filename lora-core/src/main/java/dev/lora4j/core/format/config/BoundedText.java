package dev.lora4j.core.format.config;

/**
 * A text that may be looked at only so often, so that a pattern of a file that would take years on
 * it ends.
 */
final class BoundedText implements CharSequence {
  /** Thrown when it was looked at too often. */
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final int MOST_LOOKS = 1_000_000;

  private final String text;
  private int looks;

  BoundedText(String text) {
    this.text = text;
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    if (++looks > MOST_LOOKS) {
      throw new Exhausted();
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int from, int to) {
    return text.substring(from, to);
  }

  @Override
  public String toString() {
    return text;
  }
}
