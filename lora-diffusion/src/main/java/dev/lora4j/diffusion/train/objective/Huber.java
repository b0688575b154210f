package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.Optional;

/**
 * 2 c (sqrt(d squared + c squared) - c) for a difference d (Charbonnier et al. 1994).
 *
 * @param huberC c, where it turns from square to straight
 * @param huberSchedule how c moves with the timestep
 * @param huberScale factor of the schedules CONSTANT and EXPONENTIAL
 */
@Extension(point = Loss.class, name = "huber", help = "Square near 0 and straight far out")
public record Huber(
    @Setting(help = "Where it turns straight", defaultValue = "0.1", above = 0, max = 1)
        double huberC,
    @Setting(help = "How that changes with the noise", defaultValue = "snr")
        HuberSchedule huberSchedule,
    @Setting(help = "Factor of constant and exponential", defaultValue = "1", above = 0)
        double huberScale)
    implements ThresholdLoss {
  /** Checks the ranges. */
  public Huber {
    HuberSchedule.check(huberC, huberScale);
  }

  @Override
  public Expr elements(Expr difference, Optional<Expr> threshold) {
    Expr c = threshold.orElseThrow();
    return HuberSchedule.rounded(difference, c).mul(c.mul(2));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Huber")
        .with("huberC", huberC)
        .with("huberSchedule", huberSchedule)
        .with("huberScale", huberScale)
        .text();
  }
}
