package dev.lora4j.diffusion.dataset.caption;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words in a text, in any case, and not as parts of longer ones: "ink" is not in "a pink fox".
 *
 * @param words one or more
 */
public record WholeWords(String words) {
  private static final String PART = "[\\p{L}\\p{N}_]";

  /** True if a text has these words. */
  public boolean in(String text) {
    return Pattern.compile(regex()).matcher(text).find();
  }

  /**
   * A text with others in the place of these words; without them, and without the comma that
   * divided them from the rest, if the others are empty.
   */
  public String replaced(String text, String others) {
    if (!others.isEmpty()) {
      return Pattern.compile(regex()).matcher(text).replaceAll(Matcher.quoteReplacement(others));
    }
    String left = Pattern.compile(regex() + "\\s*,?\\s*").matcher(text).replaceAll("");
    return left.equals(text) ? text : left.replaceFirst("\\s*,\\s*$", "").strip();
  }

  /** Regular expression of the words, as a group of a larger expression. */
  String regex() {
    String before = words.matches("(?s)" + PART + ".*") ? "(?<!" + PART + ")" : "";
    String after = words.matches("(?s).*" + PART) ? "(?!" + PART + ")" : "";
    return "(?iu:" + before + Pattern.quote(words) + after + ")";
  }
}
