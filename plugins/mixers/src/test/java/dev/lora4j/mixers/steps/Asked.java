package dev.lora4j.mixers.steps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What people ask of a mixer, and what they are given. */
final class Asked {
  static final SiteCatalogue SITES =
      new SiteCatalogue(List.of(Site.linear("unet.mid_block.proj", Shape.of(2, 2), false)));

  /** For mixers that look at none. */
  static final AdapterDeltas UNSEEN =
      (adapter, site, numbers) -> {
        throw new IllegalStateException("there is no need to look at " + adapter.name());
      };

  private Asked() {}

  /** An adapter for the one site. */
  static Adapter adapter(String name) {
    double first = name.hashCode() % 97;
    HostTensor down = HostTensor.of(DType.F32, Shape.of(1, 2), new double[] {first, 2});
    HostTensor up = HostTensor.of(DType.F32, Shape.of(2, 1), new double[] {3, 4});
    Factors factors =
        Factors.of(LoraMethod.NAME, Map.of(LoraMethod.DOWN, down, LoraMethod.UP, up), Map.of());
    return new Adapter(name, Map.of("unet.mid_block.proj", List.of(factors)), Map.of());
  }

  /** The weight of each part in each step, a row for each step. */
  static void assertWeights(MixPlan plan, float[]... rows) {
    for (int step = 0; step < rows.length; step++) {
      assertEquals(
          Arrays.toString(rows[step]), Arrays.toString(plan.at(step, rows.length)), "step " + step);
    }
  }
}
