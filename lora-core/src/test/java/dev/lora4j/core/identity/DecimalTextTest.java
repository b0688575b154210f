package dev.lora4j.core.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same text on every Java, which {@link Double#toString} is not. */
class DecimalTextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0.0, -0.0",
    "1, 1.0",
    "-1.5, -1.5",
    "10, 10.0",
    "123456.75, 123456.75",
    "9999999, 9999999.0",
    "10000000, 1.0E7",
    "12345678.5, 1.23456785E7",
    "0.1, 0.1",
    "0.001, 0.001",
    "0.0125, 0.0125",
    "0.00085, 8.5E-4",
    "1e-8, 1.0E-8",
    "0.18215, 0.18215",
    "0.3, 0.3",
    "3.141592653589793, 3.141592653589793",
    "0.30000000000000004, 0.30000000000000004",
    "2e23, 2.0E23",
    "1.0E23, 1.0E23",
    "8.41E21, 8.41E21",
    "2.0E-3, 0.002",
    "4.9E-324, 4.9E-324",
    "9.9E-324, 9.9E-324",
    "2.2250738585072014E-308, 2.2250738585072014E-308",
    "1.7976931348623157E308, 1.7976931348623157E308",
    "Infinity, Infinity",
    "NaN, NaN",
  })
  void numbersAreWrittenAsFromJava19On(double number, String text) {
    assertEquals(text, DecimalText.of(number));
  }

  @Test
  void anyNumberIsReadBack() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 2_000; i++) {
      double number = Double.longBitsToDouble(random.nextLong());
      assertEquals(number, Double.parseDouble(DecimalText.of(number)));
      double decimal = random.nextInt(1_000_000) / Math.pow(10, random.nextInt(12));
      assertEquals(decimal, Double.parseDouble(DecimalText.of(decimal)));
      assertTrue(DecimalText.of(decimal).length() <= Double.toString(decimal).length());
    }
  }
}
