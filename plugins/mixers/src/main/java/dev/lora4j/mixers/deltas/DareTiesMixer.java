package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.MixerRequirement;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;

/** Drop and rescale in the place of trimming, then as TIES (Yu et al., DARE, ICML 2024). */
@Extension(
    point = Mixer.class,
    name = "dare-ties",
    help =
        "Drop numbers by chance, scale up the others; of those, the ones with the sign that wins.")
public record DareTiesMixer(
    @Setting(help = "probability of each number to stay", defaultValue = "0.5", above = 0, max = 1)
        double density,
    @Setting(help = "what makes up for the numbers dropped", defaultValue = "probability")
        Rescale rescale,
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
  public DareTiesMixer {
    MixerArguments.requireDensity(density);
  }

  @Override
  public MixerRequirement needs() {
    return of.needs();
  }

  @Override
  public boolean rowwise() {
    return rescale != Rescale.L1;
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    return of.mixed(deltas, this::agreed, lambda);
  }

  private Expr agreed(SiteDeltas deltas) {
    List<Expr> left = new RandomDropping(density, rescale).changes(deltas);
    return new Consensus(election, divide).of(deltas.parts(), left);
  }
}
