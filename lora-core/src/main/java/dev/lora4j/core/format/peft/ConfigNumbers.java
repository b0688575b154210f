package dev.lora4j.core.format.peft;

import java.math.BigDecimal;

/** Numbers of configurations: integers without a point, as PEFT's types require. */
final class ConfigNumbers {
  private static final double WHOLE = 1e15;

  private ConfigNumbers() {}

  static Number plain(double value) {
    if (value == Math.rint(value) && Math.abs(value) < WHOLE) {
      return (long) value;
    }
    // What is an F32 is written with the digits that it takes to tell it from its neighbours.
    if ((float) value == value) {
      return new BigDecimal(Float.toString((float) value));
    }
    return value;
  }
}
