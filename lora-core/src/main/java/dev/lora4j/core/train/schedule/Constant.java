package dev.lora4j.core.train.schedule;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.spi.Extension;

/** No decay, and no warm-up. */
@Extension(point = Decay.class, name = "constant", help = "The whole rate from the first step")
public record Constant() implements Decay {
  @Override
  public double at(double progress) {
    return 1;
  }

  @Override
  public boolean warmedUp() {
    return false;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Constant").text();
  }
}
