package dev.lora4j.studio.library;

import java.util.regex.Pattern;

/** Texts that strangers wrote, such as metadata of adapters, for a page and for prompts. */
final class ForeignText {
  /** What has no look, or turns the direction of what follows; joiners belong to words. */
  private static final Pattern UNSEEN =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029&&[^\\u200c\\u200d]]+");

  private static final int LONGEST = 1000;

  private ForeignText() {}

  /** One line without characters that have no look. */
  static String line(String text) {
    return cut(text, LONGEST);
  }

  /** The same, of so many characters at most. */
  static String cut(String text, int most) {
    // What is far too long is not gone through: a header may have 100 MB of it.
    String near = text.length() > 4 * most ? text.substring(0, 4 * most) : text;
    String plain = UNSEEN.matcher(near.replaceAll("\\s+", " ")).replaceAll("").strip();
    if (plain.codePointCount(0, plain.length()) <= most) {
      return plain;
    }
    return plain.substring(0, plain.offsetByCodePoints(0, most - 1)) + "…";
  }
}
