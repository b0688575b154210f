package dev.lora4j.mixers.deltas;

import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteChange;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.spi.Extension;
import dev.lora4j.core.spi.Setting;
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
            help = "directions kept at each layer; 0 for the greatest rank among the adapters",
            otherwise = "0",
            least = 0)
        int rank)
    implements DeltaMixer {
  @Override
  public SiteChange mix(SiteDeltas deltas) {
    return deltas.sum();
  }

  @Override
  public Optional<RankRule> kept(List<Integer> ranks) {
    int kept = rank == 0 ? Collections.max(ranks) : rank;
    if (kept == 0) {
      throw new IllegalArgumentException("none of the adapters has a rank to go by; set rank");
    }
    return Optional.of(RankRule.fixed(kept));
  }
}
