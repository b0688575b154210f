package dev.lora4j.text.chat;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Dates as Python's {@code strftime} writes them in English. */
final class DateText {
  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"),
          Map.entry('b', "MMM"),
          Map.entry('B', "MMMM"),
          Map.entry('d', "dd"),
          Map.entry('e', "ppd"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('j', "DDD"),
          Map.entry('m', "MM"),
          Map.entry('M', "mm"),
          Map.entry('p', "a"),
          Map.entry('S', "ss"),
          Map.entry('y', "yy"),
          Map.entry('Y', "yyyy"),
          Map.entry('D', "MM/dd/yy"),
          Map.entry('F', "yyyy-MM-dd"),
          Map.entry('T', "HH:mm:ss"));

  private DateText() {}

  /**
   * A date.
   *
   * @throws ChatTemplateException if the format has a letter that is not known
   */
  static String of(LocalDateTime date, String format) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        text.append(c);
        continue;
      }
      char letter = format.charAt(++i);
      boolean bare = letter == '-' && i + 1 < format.length();
      letter = bare ? format.charAt(++i) : letter;
      String pattern = PATTERNS.get(letter);
      if (letter == '%') {
        text.append('%');
      } else if (pattern == null) {
        throw new ChatTemplateException(
            "The chat template asks for a date with '%" + letter + "', which is not known.");
      } else {
        String part = DateTimeFormatter.ofPattern(pattern, Locale.US).format(date);
        text.append(bare ? part.replaceFirst("^0+(?=.)", "") : part);
      }
    }
    return text.toString();
  }
}
