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

/** Drop and rescale, then the weighted sum (Yu et al., DARE, ICML 2024). */
@Extension(
    point = Mixer.class,
    name = "dare-linear",
    help = "Drop numbers of each adapter by chance, scale up the others, and add them up.")
public record DareLinearMixer(
    @Setting(help = "probability of each number to stay", defaultValue = "0.5", above = 0, max = 1)
        double density,
    @Setting(help = "what makes up for the numbers dropped", defaultValue = "probability")
        Rescale rescale,
    @Setting(help = "mix the numbers of the change, or of the factors", defaultValue = "change")
        MixedSpace of,
    @Setting(help = "what the result is multiplied by", defaultValue = "1") double lambda)
    implements DeltaMixer {
  /** Checks the density. */
  public DareLinearMixer {
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
    return of.mixed(deltas, this::sum, lambda);
  }

  private Expr sum(SiteDeltas deltas) {
    List<Expr> left = new RandomDropping(density, rescale).changes(deltas);
    return Consensus.sum(Consensus.weighted(deltas.parts(), left));
  }
}
