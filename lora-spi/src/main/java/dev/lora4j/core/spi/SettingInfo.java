package dev.lora4j.core.spi;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A setting of an extension, readable without its class.
 *
 * @param name in snake case
 * @param otherwise the value where nothing is said, as people write it; absent if it must be said
 * @param least of numbers, and of each number of a list
 * @param most likewise
 * @param choices the words of a {@link SettingKind#CHOICE}, else none
 */
public record SettingInfo(
    String name,
    SettingKind kind,
    String help,
    Optional<String> otherwise,
    double least,
    double most,
    List<String> choices) {
  /** Copies the list. */
  public SettingInfo {
    choices = List.copyOf(choices);
  }

  /**
   * The value that somebody wrote.
   *
   * @return as {@link SettingKind#read} has it
   * @throws IllegalArgumentException that says what was expected
   */
  Object read(Object written) {
    String text =
        written instanceof List<?> list
            ? list.stream().map(String::valueOf).collect(Collectors.joining(" "))
            : String.valueOf(written);
    if (kind == SettingKind.CHOICE) {
      String word = text.toLowerCase(Locale.ROOT).replace('-', '_');
      if (choices.contains(word)) {
        return word;
      }
      throw new IllegalArgumentException(wrong(text));
    }
    Object value;
    try {
      value = kind.read(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(wrong(text), e);
    }
    List<?> all = value instanceof List<?> list ? list : List.of(value);
    if (kind.numeric() && !all.stream().allMatch(n -> within(((Number) n).doubleValue()))) {
      throw new IllegalArgumentException(wrong(text));
    }
    return value;
  }

  /**
   * Checks a value that somebody wrote.
   *
   * @throws IllegalArgumentException that says what was expected
   */
  public void require(String written) {
    read(written);
  }

  private boolean within(double number) {
    return least <= number && number <= most;
  }

  private String wrong(String found) {
    return name + " takes " + expected() + ", found '" + found + "'";
  }

  /** What it takes, for example {@code a number from 0 to 1}. */
  public String expected() {
    if (kind == SettingKind.CHOICE) {
      return "one of " + String.join(", ", choices);
    }
    boolean low = least > Double.NEGATIVE_INFINITY;
    boolean high = most < Double.POSITIVE_INFINITY;
    String range =
        low && high
            ? " from " + plain(least) + " to " + plain(most)
            : low ? " of at least " + plain(least) : high ? " of at most " + plain(most) : "";
    return kind.expected() + range;
  }

  static String plain(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e15 ? Long.toString((long) x) : Double.toString(x);
  }
}
