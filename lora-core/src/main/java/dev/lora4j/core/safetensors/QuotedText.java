package dev.lora4j.core.safetensors;

/** Text of a file as messages show it: short and without characters that could fool a terminal. */
public final class QuotedText {
  private static final int LONGEST = 120;

  private QuotedText() {}

  /** {@code text} between quotation marks, shortened, with control characters written out. */
  public static String of(String text) {
    StringBuilder out = new StringBuilder("\"");
    int shown = 0;
    for (int at = 0; at < text.length() && shown < LONGEST; shown++) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      if (printable(c)) {
        out.appendCodePoint(c);
      } else {
        out.append(String.format("\\u%04x", c));
      }
    }
    return out.append(text.codePointCount(0, text.length()) > LONGEST ? "...\"" : "\"").toString();
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
