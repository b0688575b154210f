package dev.lora4j.core.identity;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as decimals: the shortest that is read as the same number, written as {@link
 * Double#toString} does from Java 19 on. Java before it writes more digits than that for some.
 */
final class DecimalText {
  /** Enough digits for any double (IEEE 754, 5.12.2). */
  private static final int MOST_DIGITS = 17;

  private static final int PLAIN_FROM = -3;
  private static final int PLAIN_BELOW = 7;

  private DecimalText() {}

  static String of(double number) {
    if (number == 0 || !Double.isFinite(number)) {
      return Double.toString(number);
    }
    String digits = "";
    int exponent = 0;
    BigDecimal exact = new BigDecimal(Math.abs(number));
    // With two digits at least: of those that are read as the number, the nearest.
    for (int count = 2; count <= MOST_DIGITS; count++) {
      BigDecimal rounded = exact.round(new MathContext(count, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == Math.abs(number)) {
        digits = rounded.unscaledValue().toString().replaceFirst("0+$", "");
        exponent = rounded.precision() - rounded.scale() - 1;
        break;
      }
    }
    return (number < 0 ? "-" : "") + placed(digits, exponent);
  }

  /**
   * Digits with their point.
   *
   * @param exponent power of ten of the first digit
   */
  private static String placed(String digits, int exponent) {
    if (exponent >= PLAIN_BELOW || exponent < PLAIN_FROM) {
      return digits.charAt(0) + "." + behind(digits, 1) + "E" + exponent;
    }
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    String whole = digits + "0".repeat(Math.max(0, exponent + 1 - digits.length()));
    return whole.substring(0, exponent + 1) + "." + behind(whole, exponent + 1);
  }

  private static String behind(String digits, int from) {
    return digits.length() > from ? digits.substring(from) : "0";
  }
}
