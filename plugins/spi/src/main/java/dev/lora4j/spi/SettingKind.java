package dev.lora4j.spi;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Kind of a setting's values, by its name in indexes. */
public enum SettingKind {
  /** {@code int}. */
  INTEGER("a whole number"),
  /** {@code long}. */
  LONG("a whole number"),
  /** {@code double}. */
  NUMBER("a number"),
  /** {@code boolean}. */
  BOOLEAN("true or false"),
  /** {@code String}. */
  STRING("a text"),
  /** An enum, one of its constants in lower case. */
  CHOICE("a word"),
  /** A list of numbers. */
  NUMBERS("numbers, separated by blanks"),
  /** A list of texts. */
  STRINGS("texts, separated by blanks, in double quotes if they have some");

  private final String expected;

  SettingKind(String expected) {
    this.expected = expected;
  }

  /** Lower-case name, as in indexes. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Expected values for messages, for example {@code a whole number}. */
  String expected() {
    return expected;
  }

  /** Its default as indexes have it; an empty list without one. */
  public Optional<String> otherwise(String... said) {
    if (this == STRINGS) {
      return Optional.of(
          Arrays.stream(said).map(QuotedWords::quoted).collect(Collectors.joining(" ")));
    }
    return said.length == 0 && !list() ? Optional.empty() : Optional.of(String.join(" ", said));
  }

  boolean numeric() {
    return this == INTEGER || this == LONG || this == NUMBER || this == NUMBERS;
  }

  boolean list() {
    return this == NUMBERS || this == STRINGS;
  }

  /** Parses a list from the text of each element. */
  Object read(List<String> elements) {
    return this == NUMBERS ? elements.stream().map(SettingKind::number).toList() : elements;
  }

  /**
   * The value that a text means: {@link Long}, {@link Double}, {@link Boolean}, {@link String} or a
   * {@link List} of these.
   *
   * @throws IllegalArgumentException if it means none
   * @throws ArithmeticException if it is no whole number, or too large a one
   */
  Object read(String text) {
    return switch (this) {
      case INTEGER, LONG -> new BigDecimal(text).longValueExact();
      case NUMBER -> number(text);
      case BOOLEAN -> flag(text);
      case STRING, CHOICE -> text;
      case NUMBERS, STRINGS -> read(QuotedWords.words(text));
    };
  }

  private static Double number(String text) {
    return infinite(text) ? Double.POSITIVE_INFINITY : Double.valueOf(text);
  }

  /** Returns true if a text stands for the infinite number. */
  static boolean infinite(String text) {
    return text.equalsIgnoreCase("inf") || text.equalsIgnoreCase("infinity");
  }

  private static Boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1", "1.0" -> true;
      case "false", "0", "0.0" -> false;
      default -> throw new IllegalArgumentException("neither");
    };
  }
}
