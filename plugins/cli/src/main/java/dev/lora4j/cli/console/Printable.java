package dev.lora4j.cli.console;

import java.util.HexFormat;

/**
 * Text that anybody may have written, such as names of files, keys, metadata, captions and prompts,
 * in a form that steers no terminal and looks like nothing else: control characters, marks that
 * turn the direction of writing, and invisible characters become a backslash, {@code u} and four
 * hexadecimal digits. That form is JSON's own, so that JSON which is written this way means the
 * same.
 */
public final class Printable {
  private static final HexFormat HEX = HexFormat.of();

  /** Marks in words of some languages, which change nothing but letters beside them. */
  private static final String JOINERS = "\u200c\u200d";

  private Printable() {}

  /** One line of {@code text}, cut after {@code most} characters; breaks of lines are spaces. */
  public static String of(String text, int most) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .limit(most + 1L)
        .map(c -> Character.isWhitespace(c) ? ' ' : c)
        .forEach(clean::appendCodePoint);
    boolean cut = clean.codePointCount(0, clean.length()) > most;
    return escaped(
        cut ? clean.substring(0, clean.offsetByCodePoints(0, most - 1)) + "…" : clean.toString(),
        "");
  }

  /** One line of a report: line breaks in it are escaped too. */
  public static String line(String text) {
    return escaped(text, "\t");
  }

  /** Several lines, or JSON. */
  static String lines(String text) {
    return escaped(text, "\n\t");
  }

  /**
   * A message whose lines after the first are indented, so that no name with a break in it can
   * write a line that looks like one of the program's.
   */
  static String message(String text) {
    return lines(text.replaceAll("\r?\n(?! )", "\n  "));
  }

  /** Generated text of a model, in any language, made printable. */
  public static String prose(String text) {
    return escaped(text, "\n\t" + JOINERS);
  }

  /** Text with all invisible characters escaped, but for {@code kept}. */
  private static String escaped(String text, String kept) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (kept.indexOf(c) >= 0 || !unseen(c)) {
                clean.appendCodePoint(c);
              } else {
                for (char unit : Character.toChars(c)) {
                  clean.append("\\u").append(HEX.toHexDigits(unit));
                }
              }
            });
    return clean.toString();
  }

  private static boolean unseen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      // Letters of Hangul that stand for none, and the blank of Braille, have no look either.
      default -> c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0;
    };
  }
}
