package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteChange;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.spi.Extension;
import dev.lora4j.core.spi.Setting;
import dev.lora4j.core.tensor.Expr;

/** Drop the greatest and the smallest numbers, then the weighted sum (Davari and Belilovsky). */
@Extension(
    point = Mixer.class,
    name = "breadcrumbs-linear",
    help = "Drop each adapter's very greatest numbers and its small ones, and add up the others.")
public record BreadcrumbsLinearMixer(
    @Setting(
            help = "share of each tensor's numbers that is kept",
            otherwise = "0.5",
            above = 0,
            most = 1)
        double density,
    @Setting(help = "share that is dropped of the greatest", otherwise = "0.01", least = 0)
        double gamma,
    @Setting(help = "what the result is multiplied by", otherwise = "1") double lambda)
    implements DeltaMixer {
  /** Checks the shares. */
  public BreadcrumbsLinearMixer {
    MiddleNumbers.require(density, gamma);
  }

  @Override
  public SiteChange mix(SiteDeltas deltas) {
    Expr sum =
        Consensus.sum(
            Consensus.weighted(deltas.parts(), new MiddleNumbers(density, gamma).changes(deltas)));
    return new SiteChange.Dense(sum.mul(lambda));
  }
}
