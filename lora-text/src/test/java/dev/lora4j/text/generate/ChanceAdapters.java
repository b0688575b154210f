package dev.lora4j.text.generate;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.hydra.HydraMethod;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.model.TextModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Adapters with factors from chance. */
final class ChanceAdapters {
  private static final int RANK = 4;

  private ChanceAdapters() {}

  /** LoRA at all projections, of a size that changes most tokens. */
  static Adapter lora(TextModel base, int number) {
    return lora(base, number, 1);
  }

  /** LoRA whose factors have this deviation. */
  static Adapter lora(TextModel base, int number, double deviation) {
    return adapter(
        "lora " + number,
        base,
        site -> {
          long place = site.name().hashCode();
          HostTensor down = values(Shape.of(RANK, site.in()), number, place, deviation, 0);
          HostTensor up = values(Shape.of(site.out(), RANK), number, place + 1, deviation, 0);
          return LoraMath.factors(down, up, 1);
        });
  }

  /** LoRA at the queries alone. */
  static Adapter small(TextModel base, int number) {
    Adapter whole = lora(base, number, 1);
    Map<String, List<Factors>> factors = new LinkedHashMap<>(whole.sites());
    factors.keySet().removeIf(site -> !site.endsWith("q_proj"));
    return new Adapter(whole.name(), factors, Map.of());
  }

  /** HydraLoRA at all projections, which cannot be merged. */
  static Adapter hydra(TextModel base, int number, int heads) {
    return adapter(
        "hydra " + number,
        base,
        site -> {
          long place = site.name().hashCode();
          Map<String, HostTensor> tensors = new LinkedHashMap<>();
          tensors.put(HydraMethod.DOWN, values(Shape.of(RANK, site.in()), number, place, 1, 0));
          for (int i = 0; i < heads; i++) {
            Shape up = Shape.of(site.out(), RANK);
            tensors.put(HydraMethod.head(i), values(up, number, place + 1 + i, 1, 0));
          }
          Shape router = Shape.of(heads, site.in());
          tensors.put(HydraMethod.ROUTER, values(router, number, place - 1, 1, 0));
          return Factors.of(HydraMethod.NAME, tensors, Map.of("alpha", "1.0"));
        });
  }

  /** (IA)3 at all projections, which cannot run unmerged. */
  static Adapter ia3(TextModel base, int number) {
    return adapter(
        "ia3 " + number,
        base,
        site -> {
          Shape channels = Shape.of(site.out());
          HostTensor factors = values(channels, number, site.name().hashCode(), 0.3, 1);
          return Factors.of("ia3", Map.of("ia3_l", factors), Map.of("on_input", "false"));
        });
  }

  private static Adapter adapter(String name, TextModel base, Function<Site, Factors> at) {
    Map<String, List<Factors>> factors = new LinkedHashMap<>();
    for (Site site : base.sites().all()) {
      if (site.name().endsWith("_proj")) {
        factors.put(site.name(), List.of(at.apply(site)));
      }
    }
    return new Adapter(name, factors, Map.of());
  }

  private static HostTensor values(
      Shape shape, int number, long place, double deviation, double mean) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    SeededNoise.of(number, place).gaussians(values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + deviation * values[i]);
    }
    return HostTensor.of(shape, values);
  }
}
