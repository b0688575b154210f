package dev.lora4j.spi;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A setting of an extension, readable without its class.
 *
 * @param name in snake case
 * @param defaultValue default, as people write it; absent if the setting is required
 * @param range of numbers, and of each number of a list
 * @param choices the words of a {@link SettingKind#CHOICE}, else none
 */
public record SettingInfo(
    String name,
    SettingKind kind,
    String help,
    Optional<String> defaultValue,
    SettingRange range,
    List<String> choices) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  /** Copies the list, and checks the name. */
  public SettingInfo {
    choices = List.copyOf(choices);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a setting is called '"
              + name
              + "'; a name has lower-case letters, digits and '_', and begins with a letter");
    }
  }

  /**
   * Parses a written value.
   *
   * @return as {@link SettingKind#read} has it
   * @throws IllegalArgumentException that names the expected values
   */
  Object read(Object written) {
    String text = String.valueOf(written);
    if (written instanceof List<?> && !kind.list()) {
      throw new IllegalArgumentException(wrong(text));
    }
    if (kind == SettingKind.CHOICE) {
      String word = text.toLowerCase(Locale.ROOT).replace('-', '_');
      if (choices.contains(word)) {
        return word;
      }
      throw new IllegalArgumentException(wrong(text));
    }
    Object value;
    try {
      value =
          written instanceof List<?> list
              ? kind.read(list.stream().map(String::valueOf).toList())
              : kind.read(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(wrong(text), e);
    }
    List<?> all = value instanceof List<?> list ? list : List.of(value);
    if (kind.numeric() && !all.stream().allMatch(n -> within(((Number) n).doubleValue()))) {
      throw new IllegalArgumentException(wrong(text));
    }
    if (kind == SettingKind.INTEGER && (Long) value != ((Long) value).intValue()) {
      throw new IllegalArgumentException(
          name + " takes " + expected() + ", of 32 bits, found '" + text + "'");
    }
    return value;
  }

  /**
   * Checks a written value.
   *
   * @throws IllegalArgumentException that names the expected values
   */
  public void require(String written) {
    read(written);
  }

  private boolean within(double number) {
    // Infinity is an error unless the setting may be unbounded.
    boolean boundless = defaultValue.filter(SettingKind::infinite).isPresent();
    return range.contains(number) && (boundless || Double.isFinite(number));
  }

  private String wrong(String found) {
    return name + " takes " + expected() + ", found '" + found + "'";
  }

  /** Expected values, for example {@code a number from 0 to 1}. */
  public String expected() {
    if (kind == SettingKind.CHOICE) {
      return "one of " + String.join(", ", choices);
    }
    return kind.expected() + (kind.numeric() ? range.text() : "");
  }
}
