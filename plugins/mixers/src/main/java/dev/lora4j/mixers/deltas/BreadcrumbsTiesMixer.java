package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/** Drop the greatest and the smallest numbers in the place of trimming, then as TIES. */
@Extension(
    point = Mixer.class,
    name = "breadcrumbs-ties",
    help =
        "Drop the very greatest numbers and small ones; of the others, those with the sign that"
            + " wins.")
public record BreadcrumbsTiesMixer(
    @Setting(
            help = "share of each tensor's numbers that is kept",
            defaultValue = "0.5",
            above = 0,
            max = 1)
        double density,
    @Setting(help = "share that is dropped of the greatest", defaultValue = "0.01", min = 0)
        double gamma,
    @Setting(
            help = "sign of the weighted sum, or that which most have; plain: before weights",
            defaultValue = "sum")
        Election election,
    @Setting(help = "what the sum of those that agree is divided by", defaultValue = "count")
        SumDivisor divide,
    @Setting(help = "what the result is multiplied by", defaultValue = "1") double lambda)
    implements DeltaMixer {
  /** Checks the shares. */
  public BreadcrumbsTiesMixer {
    OutlierDropping.require(density, gamma);
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    Expr agreed =
        new Consensus(election, divide)
            .of(deltas.parts(), new OutlierDropping(density, gamma).changes(deltas));
    return new MixedDelta.Dense(agreed.mul(lambda));
  }
}
