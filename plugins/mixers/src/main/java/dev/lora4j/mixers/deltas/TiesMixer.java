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
import java.util.List;

/** Trim, elect sign and merge (Yadav et al., "TIES-Merging", NeurIPS 2023). */
@Extension(
    point = Mixer.class,
    name = "ties",
    help = "Keep each adapter's greatest numbers; of those, the ones with the sign that wins.")
public record TiesMixer(
    @Setting(
            help = "share of each adapter's numbers that is kept, the greatest ones",
            defaultValue = "0.2",
            above = 0,
            max = 1)
        double density,
    @Setting(help = "greatest in the whole model, or in each tensor", defaultValue = "model")
        Trim trim,
    @Setting(
            help = "sign of the weighted sum, or that which most have; plain: before weights",
            defaultValue = "sum")
        Election election,
    @Setting(help = "what the sum of those that agree is divided by", defaultValue = "count")
        SumDivisor divide,
    @Setting(help = "mix the numbers of the change, or of the factors", defaultValue = "change")
        MixedSpace of,
    @Setting(help = "what the result is multiplied by", defaultValue = "1") double lambda)
    implements DeltaMixer {
  /** Checks the density. */
  public TiesMixer {
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
    return of.mixed(deltas, this::agreed, lambda);
  }

  private Expr agreed(SiteDeltas deltas) {
    List<Expr> trimmed = trim.changes(deltas, density);
    return new Consensus(election, divide).of(deltas.parts(), trimmed);
  }
}
