package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteChange;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.spi.Extension;
import dev.lora4j.core.spi.Setting;
import dev.lora4j.core.tensor.Expr;

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
            otherwise = "0.5",
            above = 0,
            most = 1)
        double density,
    @Setting(help = "share that is dropped of the greatest", otherwise = "0.01", least = 0)
        double gamma,
    @Setting(
            help = "sign of the weighted sum, or that which most have; plain: before weights",
            otherwise = "sum")
        Election election,
    @Setting(help = "what the sum of those that agree is divided by", otherwise = "count")
        Divide divide,
    @Setting(help = "what the result is multiplied by", otherwise = "1") double lambda)
    implements DeltaMixer {
  /** Checks the shares. */
  public BreadcrumbsTiesMixer {
    MiddleNumbers.require(density, gamma);
  }

  @Override
  public SiteChange mix(SiteDeltas deltas) {
    Expr agreed =
        new Consensus(election, divide)
            .of(deltas.parts(), new MiddleNumbers(density, gamma).changes(deltas));
    return new SiteChange.Dense(agreed.mul(lambda));
  }
}
