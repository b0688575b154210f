package dev.lora4j.core.format.peft;

import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;

/** Numbers of configurations: integers without a point, as PEFT's types require. */
final class ConfigNumbers {
  private static final double WHOLE = 1e15;

  private ConfigNumbers() {}

  static JsonPrimitive json(double value) {
    if (value == Math.rint(value) && Math.abs(value) < WHOLE) {
      return new JsonPrimitive((long) value);
    }
    // What is an F32 is written with the digits that it takes to tell it from its neighbours.
    return (float) value == value
        ? new JsonPrimitive(new BigDecimal(Float.toString((float) value)))
        : new JsonPrimitive(value);
  }
}
