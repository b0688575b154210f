package dev.lora4j.testkit;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.full.FullDelta;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Small adapters of random numbers, for a base of a few layers. */
final class SyntheticAdapters {
  /** The layers of the base: linear ones with and without bias, and a convolution. */
  static final List<Site> SITES =
      List.of(
          Site.linear("unet.wide", Shape.of(6, 11), true),
          Site.linear("unet.tall", Shape.of(9, 5), false),
          Site.linear("text_encoder.square", Shape.of(7, 7), false));

  /** One so large that it may be mixed in blocks of rows. */
  static final Site LARGE = Site.linear("unet.large", Shape.of(1536, 512), false);

  private static final int PLAIN_RANK = 3;

  private final SplittableRandom random;
  private boolean plain;

  SyntheticAdapters(long seed) {
    random = new SplittableRandom(seed);
  }

  static Map<String, Site> sites() {
    Map<String, Site> byName = new LinkedHashMap<>();
    SITES.forEach(s -> byName.put(s.name(), s));
    return byName;
  }

  /** Makes an adapter that changes all layers. */
  Adapter next(String name) {
    return next(name, SITES, 3, 1);
  }

  /**
   * Makes an adapter that changes some layers.
   *
   * @param size of its numbers
   */
  Adapter next(String name, List<Site> some, int rank, double size) {
    Map<String, List<Factors>> all = new LinkedHashMap<>();
    for (Site site : some) {
      List<Factors> factors = new ArrayList<>();
      factors.add(
          LoraMath.factors(
              numbers(LowRank.down(site, rank), size),
              numbers(LowRank.up(site, rank), size),
              rank / 2.0));
      if (site.bias() && !plain) {
        factors.add(
            FullDelta.factors(site, LayerParameter.BIAS, numbers(Shape.of(site.out()), size)));
      }
      all.put(site.name(), factors);
    }
    return new Adapter(name, all, Map.of());
  }

  /** The same adapters with LoRA alone, of one rank, so that mixers may take their factors. */
  SyntheticAdapters plain() {
    plain = true;
    return this;
  }

  /** One of random layers, rank and size. */
  Adapter any(String name) {
    List<Site> some = new ArrayList<>();
    for (Site site : SITES) {
      if (random.nextBoolean()) {
        some.add(site);
      }
    }
    if (some.isEmpty()) {
      some.add(SITES.get(0));
    }
    int rank = 1 + random.nextInt(5);
    return next(name, some, plain ? PLAIN_RANK : rank, Math.pow(10, random.nextDouble() * 6 - 4));
  }

  private HostTensor numbers(Shape shape, double size) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      double sum = 0;
      for (int j = 0; j < 4; j++) {
        sum += random.nextDouble() - 0.5;
      }
      values[i] = (float) (sum * size);
    }
    return HostTensor.of(shape, values);
  }
}
