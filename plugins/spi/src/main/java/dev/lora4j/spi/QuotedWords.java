package dev.lora4j.spi;

import java.util.ArrayList;
import java.util.List;

/**
 * Texts in which double quotes group words: {@code "two words" three}, also after an equals sign,
 * {@code a="two words"}. A quote within quotes is written twice. A quote that begins no word, or
 * that nothing ends, is a character like others.
 */
final class QuotedWords {
  private static final char QUOTE = '"';

  private QuotedWords() {}

  /** The parts between separators that are not quoted, quotes and all. */
  static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == separator) {
        parts.add(text.substring(begin, i));
        begin = i + 1;
      } else {
        i = Math.max(i, end(text, i));
      }
    }
    parts.add(text.substring(begin));
    return parts;
  }

  /** The words between blanks, without their quotes. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : split(text.replaceAll("\\s", " "), ' ')) {
      if (!word.isEmpty()) {
        words.add(plain(word));
      }
    }
    return words;
  }

  private static String plain(String word) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      int end = end(word, i);
      if (end > i) {
        plain.append(word.substring(i + 1, end).replace("\"\"", "\""));
        i = end;
      } else {
        plain.append(word.charAt(i));
      }
    }
    return plain.toString();
  }

  /** A word that {@link #words} reads again. */
  static String quoted(String word) {
    boolean plain = !word.isEmpty() && word.chars().noneMatch(c -> c == QUOTE || c <= ' ');
    return plain ? word : QUOTE + word.replace("\"", "\"\"") + QUOTE;
  }

  /** End of the quotes that begin there; -1 if they have none. */
  private static int end(String text, int begin) {
    boolean word = begin == 0 || " ,=".indexOf(text.charAt(begin - 1)) >= 0;
    if (text.charAt(begin) != QUOTE || !word) {
      return -1;
    }
    int end = text.indexOf(QUOTE, begin + 1);
    while (end >= 0 && end + 1 < text.length() && text.charAt(end + 1) == QUOTE) {
      end = text.indexOf(QUOTE, end + 2);
    }
    return end;
  }
}
