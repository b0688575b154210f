package dev.lora4j.core.train.schedule;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/**
 * Decay to 0 at the last step, as a power of the remaining share of the steps.
 *
 * @param power 1 is {@link Linear}; above 1 it falls faster at first
 */
@Extension(point = Decay.class, name = "polynomial", help = "Down as a power of what is left")
public record Polynomial(
    @Setting(help = "1 is linear; above 1 it falls faster at first", defaultValue = "1", above = 0)
        double power)
    implements Decay {
  /** Checks the power. */
  public Polynomial {
    if (!(power > 0)) {
      throw new IllegalArgumentException("A decay needs a power above 0, found " + power + ".");
    }
  }

  @Override
  public double at(double progress) {
    return Math.pow(Math.max(0, 1 - progress), power);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Polynomial").with("power", power).text();
  }
}
