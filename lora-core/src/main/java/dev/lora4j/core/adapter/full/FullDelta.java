package dev.lora4j.core.adapter.full;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;

/** Factors of a change that was computed as a whole. */
public final class FullDelta {
  private FullDelta() {}

  /**
   * Factors that add {@code change} at scale 1.
   *
   * @param change in the shape of the site's weight, or [out] for its bias
   */
  public static Factors factors(Site site, LayerParameter target, HostTensor change) {
    if (target == LayerParameter.WEIGHT) {
      return Factors.of(DiffMethod.NAME, Map.of(DiffMethod.NAME, change), Map.of());
    }
    Map<String, String> settings =
        site.kind() == Site.Kind.NORM ? Map.of(BiasMethod.ROLE, BiasMethod.NORM) : Map.of();
    return Factors.of(BiasMethod.NAME, Map.of(BiasMethod.DIFF, change), settings);
  }
}
