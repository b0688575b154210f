package dev.lora4j.core.train.schedule;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.spi.Extension;

/** Down to 0 at the last step, along a line. */
@Extension(point = Decay.class, name = "linear", help = "Down along a line")
public record Linear() implements Decay {
  @Override
  public double at(double progress) {
    return Math.max(0, 1 - progress);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Linear").text();
  }
}
