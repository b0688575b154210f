package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.Optional;

/**
 * 2 (sqrt(d squared + c squared) - c) for a difference d, whose slope far out is 2 whatever c is.
 *
 * @param huberC c, where it turns from square to straight
 * @param huberSchedule how c moves with the timestep
 * @param huberScale factor of the schedules CONSTANT and EXPONENTIAL
 */
@Extension(
    point = Loss.class,
    name = "smooth_l1",
    help = "Square near 0 and straight far out, as steep there whatever huber_c is")
public record SmoothL1(
    @Setting(help = "Where it turns straight", defaultValue = "0.1", above = 0, max = 1)
        double huberC,
    @Setting(help = "How that changes with the noise", defaultValue = "snr")
        HuberSchedule huberSchedule,
    @Setting(help = "Factor of constant and exponential", defaultValue = "1", above = 0)
        double huberScale)
    implements ThresholdLoss {
  /** Checks the ranges. */
  public SmoothL1 {
    HuberSchedule.check(huberC, huberScale);
  }

  @Override
  public Expr elements(Expr difference, Optional<Expr> threshold) {
    Expr c = threshold.orElseThrow();
    return HuberSchedule.rounded(difference, c).mul(2);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("SmoothL1")
        .with("huberC", huberC)
        .with("huberSchedule", huberSchedule)
        .with("huberScale", huberScale)
        .text();
  }
}
