package dev.lora4j.cli;

/**
 * Text out of files that anybody may have made, for a terminal: one line, nothing that steers it.
 */
final class Printable {
  private Printable() {}

  /** {@code text} without control characters, cut after {@code most} characters. */
  static String of(String text, int most) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .limit(most + 1L)
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
        .forEach(clean::appendCodePoint);
    boolean cut = clean.codePointCount(0, clean.length()) > most;
    return cut ? clean.substring(0, clean.offsetByCodePoints(0, most - 1)) + "…" : clean.toString();
  }
}
