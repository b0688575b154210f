package dev.lora4j.core.train.schedule;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/**
 * Half a wave of the cosine several times, each beginning again at the whole rate (Loshchilov and
 * Hutter 2017, "SGDR").
 *
 * @param cycles how many; 1 is {@link Cosine}
 */
@Extension(
    point = Decay.class,
    name = "cosine_with_restarts",
    help = "Half a wave of the cosine several times")
public record CosineWithRestarts(
    @Setting(help = "How often", defaultValue = "1", min = 1) int cycles) implements Decay {
  /** Checks the number of cycles. */
  public CosineWithRestarts {
    if (cycles < 1) {
      throw new IllegalArgumentException(
          "A cosine with restarts has 1 cycle or more, found " + cycles + ".");
    }
  }

  @Override
  public double at(double progress) {
    return progress >= 1
        ? 0
        : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * ((cycles * progress) % 1))));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("CosineWithRestarts").with("cycles", cycles).text();
  }
}
