package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaSurvey;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.MixerRequirement;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/** Trim, then the weighted sum, as PEFT's {@code magnitude_prune_svd}. */
@Extension(
    point = Mixer.class,
    name = "magnitude-prune",
    help = "Keep each adapter's greatest numbers, and add them up.")
public record MagnitudePruneMixer(
    @Setting(
            help = "share of each adapter's numbers that is kept, the greatest ones",
            defaultValue = "0.5",
            above = 0,
            max = 1)
        double density,
    @Setting(help = "greatest in the whole model, or in each tensor", defaultValue = "tensor")
        Trim trim,
    @Setting(help = "mix the numbers of the change, or of the factors", defaultValue = "change")
        MixedSpace of,
    @Setting(help = "what the result is multiplied by", defaultValue = "1") double lambda)
    implements DeltaMixer {
  /** Checks the density. */
  public MagnitudePruneMixer {
    MixerArguments.requireDensity(density);
    of.require(trim);
  }

  @Override
  public double[] survey(DeltaSurvey survey) {
    return trim.survey(survey, density);
  }

  @Override
  public MixerRequirement needs() {
    return of.needs();
  }

  @Override
  public boolean rowwise() {
    return trim == Trim.MODEL || density >= 1;
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    return of.mixed(deltas, this::sum, lambda);
  }

  private Expr sum(SiteDeltas deltas) {
    return Consensus.sum(Consensus.weighted(deltas.parts(), trim.changes(deltas, density)));
  }
}
