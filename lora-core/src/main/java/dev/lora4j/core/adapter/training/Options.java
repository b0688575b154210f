package dev.lora4j.core.adapter.training;

import java.util.Arrays;
import java.util.Locale;
import java.util.SortedMap;

/** Reads the options of methods from text. */
public final class Options {
  private Options() {}

  /** {@code true} or {@code false}. */
  public static boolean flag(String option, String value) {
    if (!value.equals("true") && !value.equals("false")) {
      throw new IllegalArgumentException(option + " is true or false, found " + value + ".");
    }
    return value.equals("true");
  }

  /** A whole number. */
  public static int number(String option, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " is a whole number, found " + value + ".", e);
    }
  }

  /** The constant of an enumeration whose name is {@code value}, whatever its case. */
  public static <E extends Enum<E>> E choice(String option, String value, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(value)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        option
            + " is one of "
            + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)
            + ", found "
            + value
            + ".");
  }

  /** What to throw where a method has no such option. */
  public static IllegalArgumentException unknown(
      String method, String option, SortedMap<String, String> known) {
    return new IllegalArgumentException(
        "The method "
            + method
            + " has no option "
            + option
            + (known.isEmpty() ? "; it has none." : "; there are " + known.keySet() + "."));
  }
}
