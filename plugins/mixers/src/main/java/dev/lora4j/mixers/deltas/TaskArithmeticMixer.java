package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.MixerRequirement;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/**
 * The weighted sum times a number (Ilharco et al., "Editing Models with Task Arithmetic", ICLR
 * 2023). A negative weight takes away what an adapter has learned.
 */
@Extension(
    point = Mixer.class,
    name = "task-arithmetic",
    help = "The weighted sum times lambda, or the weighted mean; negative weights take away.")
public record TaskArithmeticMixer(
    @Setting(help = "mix the numbers of the change, or of the factors", defaultValue = "change")
        MixedSpace of,
    @Setting(help = "what the result is multiplied by", defaultValue = "1") double lambda,
    @Setting(
            help = "divide by the sum of the weights of those that change a layer, unless it is 0",
            defaultValue = "false")
        boolean normalise)
    implements DeltaMixer {
  /** A smaller sum of weights counts as 0. */
  private static final double NOTHING = 1e-8;

  /** Refuses to take a mean of factors, of which there would be two. */
  public TaskArithmeticMixer {
    if (of == MixedSpace.FACTORS && normalise) {
      throw new IllegalArgumentException("normalise divides a sum of changes; take of=change");
    }
  }

  @Override
  public MixerRequirement needs() {
    return of.needs();
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    if (of == MixedSpace.FACTORS) {
      return new MixedDelta.Added(lambda);
    }
    if (lambda == 1 && !normalise) {
      return deltas.sum();
    }
    Expr weights = deltas.parts().stream().map(SiteDelta::weight).reduce(Expr::add).orElseThrow();
    Expr divisor = weights.maskedFill(weights.abs().lt(NOTHING), 1);
    return deltas.combined(
        deltas.parts().stream()
            .map(part -> part.weight().mul(lambda))
            .map(weight -> normalise ? weight.div(divisor) : weight)
            .toList());
  }
}
