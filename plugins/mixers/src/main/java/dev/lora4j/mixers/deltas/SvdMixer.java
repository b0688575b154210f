package dev.lora4j.mixers.deltas;

import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.MixerRequirement;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The weighted sum cut to a rank (Eckart and Young 1936). */
@Extension(
    point = Mixer.class,
    name = "svd",
    help = "The weighted sum cut to a rank; no LoRA of that rank keeps more of it.")
public record SvdMixer(
    @Setting(
            help =
                "directions kept at each layer; 0 for the greatest rank that an adapter has there",
            defaultValue = "0",
            min = 0)
        int rank,
    @Setting(
            help = "count the scale of each LoRA once, or once more as in PEFT to 0.20.0",
            defaultValue = "once")
        Scaling scaling)
    implements DeltaMixer {
  /** Number of times that the scale of a LoRA, alpha / rank, counts. */
  public enum Scaling {
    /** Once, so that the sum is that of the changes. */
    ONCE,
    /** Once more, as in PEFT to its release 0.20.0. */
    TWICE
  }

  @Override
  public MixerRequirement needs() {
    // A change that is not one LoRA has no one scale.
    return scaling == Scaling.TWICE ? MixerRequirement.FACTORS : MixerRequirement.CHANGES;
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    if (scaling == Scaling.ONCE) {
      return deltas.sum();
    }
    return deltas.combined(
        deltas.parts().stream()
            .map(part -> part.weight().mul(part.stored().orElseThrow().scale()))
            .toList());
  }

  @Override
  public Optional<RankRule> truncation(List<Integer> ranks) {
    return Optional.of(RankRule.fixed(rank == 0 ? Collections.max(ranks) : rank));
  }
}
