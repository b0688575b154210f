package dev.lora4j.spring;

import org.jspecify.annotations.Nullable;

/** Options that are refused by their names. */
final class OptionSupport {
  private OptionSupport() {}

  /** Refuses an option that cannot be honoured. */
  static void require(boolean supported, String option, String reason) {
    if (!supported) {
      throw new UnsupportedOperationException(
          option + " cannot be used with lora4j: " + reason + ". Leave it out.");
    }
  }

  /** Refuses the name of another model. */
  static void requireModel(@Nullable String asked, String model) {
    if (asked != null && !asked.equals(model)) {
      throw new IllegalArgumentException(
          "There is no model '" + asked + "' here, but '" + model + "'; leave model out.");
    }
  }
}
