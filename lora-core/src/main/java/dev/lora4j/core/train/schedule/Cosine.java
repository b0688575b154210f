package dev.lora4j.core.train.schedule;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.spi.Extension;

/** Down to 0 at the last step, along half a wave of the cosine (Loshchilov and Hutter 2017). */
@Extension(point = Decay.class, name = "cosine", help = "Down along half a wave of the cosine")
public record Cosine() implements Decay {
  @Override
  public double at(double progress) {
    return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress))));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Cosine").text();
  }
}
