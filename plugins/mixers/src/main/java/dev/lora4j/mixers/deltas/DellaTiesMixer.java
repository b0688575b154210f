package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;

/** Drop by rank and chance, then as TIES (Deep et al., "DELLA-Merging", 2024). */
@Extension(
    point = Mixer.class,
    name = "della-ties",
    help =
        "Drop numbers by chance, small ones more often; of the others, those with the sign that wins.")
public record DellaTiesMixer(
    @Setting(
            help = "mean probability of a number to stay",
            defaultValue = "0.5",
            above = 0,
            max = 1)
        double density,
    @Setting(
            help = "by how much it is greater for the greatest of a row, and less for the smallest",
            defaultValue = "0.15",
            min = 0)
        double epsilon,
    @Setting(help = "what makes up for the numbers dropped", defaultValue = "probability")
        Rescale rescale,
    @Setting(
            help = "sign of the weighted sum, or that which most have; plain: before weights",
            defaultValue = "sum")
        Election election,
    @Setting(help = "what the sum of those that agree is divided by", defaultValue = "count")
        SumDivisor divide,
    @Setting(help = "what the result is multiplied by", defaultValue = "1") double lambda)
    implements DeltaMixer {
  /** Checks the probabilities. */
  public DellaTiesMixer {
    RankDropping.require(density, epsilon);
  }

  @Override
  public boolean rowwise() {
    return rescale != Rescale.L1;
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    List<Expr> left = new RankDropping(density, epsilon, rescale).changes(deltas);
    Expr agreed = new Consensus(election, divide).of(deltas.parts(), left);
    return new MixedDelta.Dense(agreed.mul(lambda));
  }
}
