package dev.lora4j.core.format.metadata;

import java.math.BigDecimal;
import java.util.Locale;

/** Numbers in Python's spelling, which other tools compare as text. */
final class PythonNumber {
  private static final double PLAIN_FROM = 1e-4;
  private static final double PLAIN_TO = 1e16;

  private PythonNumber() {}

  /** For example {@code 16.0}, {@code 0.0001}, {@code 5e-05}. */
  static String of(double value) {
    double size = Math.abs(value);
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (value == 0 || (size >= PLAIN_FROM && size < PLAIN_TO)) {
      String plain = exact.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    int exponent = exact.precision() - exact.scale() - 1;
    String digits = exact.movePointLeft(exponent).stripTrailingZeros().toPlainString();
    return digits
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }
}
