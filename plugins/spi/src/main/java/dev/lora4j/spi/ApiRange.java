package dev.lora4j.spi;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
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

  private static final String NUMBERS = "(\\d+(?:\\.\\d+)*)";
  private static final Pattern RANGE =
      Pattern.compile("\\[\\s*" + NUMBERS + "\\s*,\\s*" + NUMBERS + "\\s*\\)");
  private static final Pattern ONE = Pattern.compile(NUMBERS);

  /** Checks the form. */
  public ApiRange {
    if (!RANGE.matcher(text).matches() && !ONE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "A range of API versions is written [0.1,0.2) or 0.1, found '" + text + "'.");
    }
  }

  /** Returns true if a version is in the range. Numbers that a version leaves out are 0. */
  public boolean includes(String version) {
    List<BigInteger> asked = numbers(version);
    Matcher range = RANGE.matcher(text);
    if (range.matches()) {
      return compare(numbers(range.group(1)), asked) <= 0
          && compare(asked, numbers(range.group(2))) < 0;
    }
    List<BigInteger> begin = numbers(text);
    return compare(begin, asked.subList(0, Math.min(begin.size(), asked.size()))) == 0;
  }

  private static int compare(List<BigInteger> a, List<BigInteger> b) {
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      int order = number(a, i).compareTo(number(b, i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static BigInteger number(List<BigInteger> version, int i) {
    return i < version.size() ? version.get(i) : BigInteger.ZERO;
  }

  private static List<BigInteger> numbers(String version) {
    // People write numbers that no int holds for "without an end".
    return Arrays.stream(version.split("\\.", -1)).map(BigInteger::new).toList();
  }
}
