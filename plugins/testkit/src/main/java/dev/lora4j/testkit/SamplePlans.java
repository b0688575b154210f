package dev.lora4j.testkit;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mix.WeightCurve;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Typical plans of users, with adapters for Stable Diffusion 1.5. */
final class SamplePlans {
  static final SiteCatalogue SITES = Families.named("sd15").sites();
  static final Adapter INK = adapter("ink", 3);
  static final Adapter GLOW = adapter("glow", 5);
  static final Adapter FOG = adapter("fog", 7);

  private static final String SITE = "unet.mid_block.attentions.0.proj_in";

  private SamplePlans() {}

  private static Adapter adapter(String name, double number) {
    HostTensor down = HostTensor.of(DType.F32, Shape.of(1, 2), new double[] {number, 2});
    HostTensor up = HostTensor.of(DType.F32, Shape.of(2, 1), new double[] {3, 4});
    Factors factors =
        Factors.of(LoraMethod.NAME, Map.of(LoraMethod.DOWN, down, LoraMethod.UP, up), Map.of());
    return new Adapter(name, Map.of(SITE, List.of(factors)), Map.of());
  }

  /** All three with weights that count. */
  static MixPlan three() {
    return MixPlan.of(INK, 0.8).with(GLOW, -0.5).with(FOG, 1.25);
  }

  /** One to four adapters, some perhaps twice, with everything that a plan can have. */
  static MixPlan any(SplittableRandom random) {
    MixPlan plan =
        MixPlan.NONE.order(random.nextBoolean() ? AdapterOrder.IN_TURN : AdapterOrder.FROM_BASE);
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Adapter adapter = List.of(INK, GLOW, FOG).get(random.nextInt(3));
      MixPlan.Part part = new MixPlan.Part(adapter, weight(random));
      part = random.nextInt(3) > 0 ? part : part.text(number(random));
      part = random.nextInt(3) > 0 ? part : part.shares(shares(random));
      part = random.nextInt(3) > 0 ? part : part.within(area(random));
      plan = plan.with(part);
    }
    return plan;
  }

  private static double number(SplittableRandom random) {
    return random.nextInt(4) == 0 ? 0 : 3 * random.nextDouble() - 1;
  }

  private static Weight weight(SplittableRandom random) {
    double middle = random.nextDouble();
    return switch (random.nextInt(5)) {
      case 0 -> Weight.steps(middle / 2, middle, number(random));
      case 1 ->
          Weight.curve(
              new WeightCurve.Point(number(random), middle / 2),
              new WeightCurve.Point(number(random), middle));
      case 2 -> Weight.table(List.of(number(random), number(random), number(random)));
      default -> Weight.of(number(random));
    };
  }

  private static SiteWeights shares(SplittableRandom random) {
    return new SiteWeights("M00", new TreeMap<>(Map.of(SITE, number(random))));
  }

  private static RegionMask area(SplittableRandom random) {
    return new RegionMask("half", new GridSize(1, 2), (float) random.nextDouble(), 1);
  }
}
