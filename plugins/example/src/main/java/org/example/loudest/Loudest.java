package org.example.loudest;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/**
 * Mixer in which the adapter that changes a number most decides it, and the others have no part.
 */
@Extension(point = Mixer.class, name = "loudest", help = "the greatest change of each number wins")
public record Loudest(
    @Setting(help = "what the change is multiplied by", defaultValue = "1") double lambda)
    implements DeltaMixer {
  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    Expr loudest = deltas.parts().get(0).weighted();
    for (SiteDelta part : deltas.parts()) {
      Expr other = part.weighted();
      loudest = other.where(other.abs().gt(loudest.abs()), loudest);
    }
    return new MixedDelta.Dense(loudest.mul(lambda));
  }
}
