package dev.lora4j.core.train.schedule;

/**
 * Down to 0 at the last step, as a power of what is left of the steps.
 *
 * @param power 1 is {@link Linear}; above 1 it falls faster at first
 */
public record Polynomial(double power) implements Decay {
  /** Checks the power. */
  public Polynomial {
    if (!(power > 0)) {
      throw new IllegalArgumentException("A decay needs a power above 0, found " + power + ".");
    }
  }

  @Override
  public String name() {
    return "polynomial";
  }

  @Override
  public double at(double progress) {
    return Math.pow(Math.max(0, 1 - progress), power);
  }
}
