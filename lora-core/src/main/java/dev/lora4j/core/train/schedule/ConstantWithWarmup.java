package dev.lora4j.core.train.schedule;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.spi.Extension;

/** No decay after a warm-up. */
@Extension(
    point = Decay.class,
    name = ConstantWithWarmup.NAME,
    help = "The whole rate after a warm-up")
public record ConstantWithWarmup() implements Decay {
  static final String NAME = "constant_with_warmup";

  @Override
  public double at(double progress) {
    return 1;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ConstantWithWarmup").text();
  }
}
