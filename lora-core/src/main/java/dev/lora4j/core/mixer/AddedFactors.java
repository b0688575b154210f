package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.lora.LoraMethod;

/**
 * Factors of one rank added up, each with the root of weight times scale, and down with the sign of
 * that product (PEFT's combination {@code linear}).
 */
final class AddedFactors {
  private final float[] down;
  private final float[] up;

  private AddedFactors(float[] down, float[] up) {
    this.down = down;
    this.up = up;
  }

  /** Those of all parts of a parameter, each one plain LoRA; up times lambda. */
  static AddedFactors of(Parameter parameter, double lambda) {
    int rank = Math.toIntExact(FactorRules.rank(parameter.parts().get(0)));
    float[] down = new float[Math.toIntExact(rank * parameter.site().rest())];
    float[] up = new float[Math.toIntExact(parameter.site().out() * rank)];
    for (Parameter.Part part : parameter.parts()) {
      Factors factors = part.factors().get(0);
      double scale = Methods.additive(factors.method()).scale(factors.structure());
      double weight = part.weight() * scale;
      double root = Math.sqrt(Math.abs(weight));
      factors.tensor(LoraMethod.DOWN).addTo(down, (float) (root * Math.signum(weight)));
      factors.tensor(LoraMethod.UP).addTo(up, (float) (root * lambda));
    }
    return new AddedFactors(down, up);
  }

  /** [rank, rest]; not to be changed. */
  float[] down() {
    return down;
  }

  /** [out, rank]; not to be changed. */
  float[] up() {
    return up;
  }

  /** Whether it changes nothing. */
  boolean none() {
    return none(down) || none(up);
  }

  private static boolean none(float... values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
