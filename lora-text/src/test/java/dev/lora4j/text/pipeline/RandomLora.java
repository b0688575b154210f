package dev.lora4j.text.pipeline;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** LoRA of random numbers on linear layers of a model. */
public final class RandomLora {
  /** Rank of all layers. */
  public static final int RANK = 3;

  private RandomLora() {}

  /**
   * Makes one.
   *
   * @param layers what the names of the layers contain
   */
  public static Adapter of(LanguageModel model, String name, long seed, String layers) {
    Random random = new Random(seed);
    Map<String, List<Factors>> sites = new HashMap<>();
    for (Site site : model.base().sites().all()) {
      if (site.kind() == Site.Kind.LINEAR && site.name().contains(layers)) {
        sites.put(
            site.name(),
            List.of(
                LoraMath.factors(
                    numbers(LowRank.down(site, RANK), random),
                    numbers(LowRank.up(site, RANK), random),
                    RANK)));
      }
    }
    return new Adapter(name, sites, Map.of());
  }

  private static HostTensor numbers(Shape shape, Random random) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.3 * random.nextGaussian());
    }
    return HostTensor.of(shape, values);
  }
}
