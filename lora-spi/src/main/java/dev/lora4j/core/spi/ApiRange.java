package dev.lora4j.core.spi;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The versions of the plug-in API that a plug-in is for: {@code [0.1,0.2)} from the first on and
 * below the second, or one version, which is all that begin so.
 */
public record ApiRange(String text) {
  /**
   * The version of the API. Its first number changes when plug-ins have to be built again, its
   * second when there is something new; before 1.0 the second counts as the first.
   */
  public static final String CURRENT = "0.1";

  private static final Pattern RANGE =
      Pattern.compile("\\[(\\d+(?:\\.\\d+)*),(\\d+(?:\\.\\d+)*)\\)");
  private static final Pattern ONE = Pattern.compile("\\d+(?:\\.\\d+)*");

  /** Checks the form. */
  public ApiRange {
    if (!RANGE.matcher(text).matches() && !ONE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "A range of API versions is written [0.1,0.2) or 0.1, found '" + text + "'.");
    }
  }

  /** Whether a version is among them. */
  public boolean includes(String version) {
    Matcher range = RANGE.matcher(text);
    if (range.matches()) {
      return compare(range.group(1), version) <= 0 && compare(version, range.group(2)) < 0;
    }
    return version.equals(text) || version.startsWith(text + ".");
  }

  private static int compare(String a, String b) {
    return Arrays.compare(numbers(a), numbers(b));
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }
}
