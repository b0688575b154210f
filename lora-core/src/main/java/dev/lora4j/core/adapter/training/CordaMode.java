package dev.lora4j.core.adapter.training;

import dev.lora4j.core.identity.Canonical;
import java.util.Arrays;
import java.util.Locale;

/** Which directions of its weight and inputs a layer trains ({@link FactorInit#CORDA}). */
public enum CordaMode implements Canonical {
  /** The greatest: those that the data use most, so that they are learned soonest. */
  IPM,
  /** The least: those that the data use least, so that what they use stays as it is. */
  KPM;

  /**
   * The mode called {@code name}, as PEFT's {@code corda_method}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static CordaMode named(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(mode -> mode.toString().equals(plain))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "No method of init = corda is called " + name + "; there are ipm and kpm."));
  }

  @Override
  public String canonical() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Name in requests. */
  @Override
  public String toString() {
    return canonical();
  }
}
