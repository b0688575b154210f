package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/** Drop the greatest and the smallest numbers, then the weighted sum (Davari and Belilovsky). */
@Extension(
    point = Mixer.class,
    name = "breadcrumbs-linear",
    help = "Drop each adapter's very greatest numbers and its small ones, and add up the others.")
public record BreadcrumbsLinearMixer(
    @Setting(
            help = "share of each tensor's numbers that is kept",
            defaultValue = "0.5",
            above = 0,
            max = 1)
        double density,
    @Setting(help = "share that is dropped of the greatest", defaultValue = "0.01", min = 0)
        double gamma,
    @Setting(help = "what the result is multiplied by", defaultValue = "1") double lambda)
    implements DeltaMixer {
  /** Checks the shares. */
  public BreadcrumbsLinearMixer {
    OutlierDropping.require(density, gamma);
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    Expr sum =
        Consensus.sum(
            Consensus.weighted(
                deltas.parts(), new OutlierDropping(density, gamma).changes(deltas)));
    return new MixedDelta.Dense(sum.mul(lambda));
  }
}
