package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Adapters with seeded values for the tests of writing. */
public final class Adapters {
  private Adapters() {}

  /** Seeded values of about an eighth. */
  public static HostTensor tensor(Random random, DType type, Shape shape) {
    double[] values = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian() / 8;
    }
    return HostTensor.of(type, shape, values);
  }

  /** A LoRA of a layer. */
  public static Factors lora(Random random, DType type, Site site, long rank, double alpha) {
    return Factors.of(
        "lora",
        Map.of(
            "lora_down.weight", tensor(random, type, LowRank.down(site, rank)),
            "lora_up.weight", tensor(random, type, LowRank.up(site, rank))),
        Map.of("alpha", Double.toString(alpha)));
  }

  /** A LoRA for all linear layers and convolutions that are wanted. */
  public static Adapter lora(
      Collection<Site> sites, DType type, long rank, double alpha, Predicate<Site> wanted) {
    Random random = new Random(3);
    Map<String, List<Factors>> factors = new TreeMap<>();
    for (Site site : sites) {
      boolean layer = site.kind() == Site.Kind.LINEAR || site.kind() == Site.Kind.CONVOLUTION;
      if (layer && wanted.test(site)) {
        factors.put(site.name(), List.of(lora(random, type, site, rank, alpha)));
      }
    }
    return new Adapter("ink", factors, Map.of());
  }
}
