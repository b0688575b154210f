package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;

/** Drop by rank and chance, then the weighted sum (Deep et al., "DELLA-Merging", 2024). */
@Extension(
    point = Mixer.class,
    name = "della-linear",
    help = "Drop numbers by chance, small ones more often, scale up the others, and add them up.")
public record DellaLinearMixer(
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
    @Setting(help = "what the result is multiplied by", defaultValue = "1") double lambda)
    implements DeltaMixer {
  /** Checks the probabilities. */
  public DellaLinearMixer {
    RankDropping.require(density, epsilon);
  }

  @Override
  public boolean rowwise() {
    return rescale != Rescale.L1;
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    List<Expr> left = new RankDropping(density, epsilon, rescale).changes(deltas);
    Expr sum = Consensus.sum(Consensus.weighted(deltas.parts(), left));
    return new MixedDelta.Dense(sum.mul(lambda));
  }
}
