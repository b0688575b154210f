package dev.lora4j.text.evaluate;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Divides texts into words as NIST's mteval-v13a does, in sacrebleu's form: signs stand alone, and
 * points and commas do unless they are between digits.
 */
final class MtevalTokenizer {
  private static final Pattern SIGNS = Pattern.compile("([\\{-~\\[-` -&\\(-\\+:-@/])");
  private static final Pattern BEHIND_OTHERS = Pattern.compile("([^0-9])([.,])");
  private static final Pattern BEFORE_OTHERS = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_BEHIND_DIGIT = Pattern.compile("([0-9])(-)");

  /** Characters that Python counts as white space. */
  private static final Pattern SPACE =
      Pattern.compile(
          "[\\s\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+");

  private MtevalTokenizer() {}

  static List<String> of(String text) {
    String line = text.replaceFirst(SPACE + "\\z", "").replace("<skipped>", "");
    line = line.replace("-\n", "").replace('\n', ' ');
    line = line.replace("&quot;", "\"").replace("&amp;", "&");
    line = line.replace("&lt;", "<").replace("&gt;", ">");
    line = SIGNS.matcher(" " + line + " ").replaceAll(" $1 ");
    line = BEHIND_OTHERS.matcher(line).replaceAll("$1 $2 ");
    line = BEFORE_OTHERS.matcher(line).replaceAll(" $1 $2");
    line = DASH_BEHIND_DIGIT.matcher(line).replaceAll("$1 $2 ");
    return Stream.of(SPACE.split(line)).filter(word -> !word.isEmpty()).toList();
  }
}
