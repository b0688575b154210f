package dev.lora4j.testkit;

import static dev.lora4j.testkit.SamplePlans.FOG;
import static dev.lora4j.testkit.SamplePlans.GLOW;
import static dev.lora4j.testkit.SamplePlans.INK;
import static dev.lora4j.testkit.SamplePlans.SITES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Contract of {@link WeightMixer}. */
public abstract class WeightMixerContract extends MixerContract {
  private static final int MOST_STEPS = 50;
  private static final int STEPS = 6;
  private static final int PLANS = 300;

  /**
   * Tests a mixer on the class path, see {@link ExtensionContract}.
   *
   * @param request of adapters that are called ink, glow and fog, for Stable Diffusion 1.5
   * @param neutral the same mixer with settings that leave one adapter of weight 1 as it is
   */
  protected WeightMixerContract(String request, String neutral) {
    super(request, neutral);
  }

  /** Number of adapters in the tests, at least two and at most three. */
  protected int adapters() {
    return 3;
  }

  private MixPlan asked() {
    MixPlan all = SamplePlans.three();
    return all.parts(all.parts().subList(0, adapters()));
  }

  /** Numbers of a change; they depend on the adapter and on nothing else. */
  private static List<Double> looked(Adapter adapter, String site, AdapterDeltas.Numbers numbers) {
    Shape shape =
        SITES
            .find(site)
            .map(s -> Shape.of(s.out(), s.rest()))
            .orElseThrow(() -> new IllegalArgumentException("the base has no layer " + site));
    int count = numbers.of(new Graph().input("change", DType.F32, shape)).size();
    return new SplittableRandom(adapter.name().hashCode()).doubles(count).boxed().toList();
  }

  private static MixPlan mix(Mixer mixer, MixPlan asked, int steps) {
    return ((WeightMixer) mixer).plan(asked, steps, SITES, WeightMixerContract::looked);
  }

  @Test
  void theSameRequestGivesTheSamePlan() throws Exception {
    Mixer mixer = extension();
    ManyThreads.agree(() -> said(mix(mixer, asked(), STEPS), STEPS));
  }

  @Test
  void singleAdapterIsUnchanged() {
    for (int steps : new int[] {1, 2, STEPS, MOST_STEPS}) {
      MixPlan plan = mix(neutral(), MixPlan.of(INK, 1), steps);
      assertEquals(List.of(INK), plan.adapters());
      assertEquals(1, plan.parts().get(0).textWeight());
      assertTrue(plan.parts().get(0).shares().all(), "shares of blocks");
      assertEquals(Optional.empty(), plan.parts().get(0).area());
      for (int step = 0; step < steps; step++) {
        assertEquals(1, plan.at(step, steps)[0], "step " + step + " of " + steps);
      }
    }
  }

  @Test
  void anAdapterOfWeightNothingCountsNothing() {
    MixPlan two = MixPlan.of(INK, 0.8).with(GLOW, -0.5);
    MixPlan more = mix(neutral(), two.with(FOG, 0), STEPS);
    MixPlan fewer = mix(neutral(), two, STEPS);
    for (Adapter adapter : List.of(INK, GLOW)) {
      assertEquals(weights(fewer, adapter), weights(more, adapter), adapter.name());
    }
    MixPlan asked = mix(extension(), two.with(FOG, 0), STEPS);
    for (MixPlan plan : List.of(more, asked)) {
      weights(plan, FOG).forEach(w -> assertEquals(0f, w, "fog has weight 0 in " + plan));
    }
  }

  private static List<Float> weights(MixPlan plan, Adapter adapter) {
    List<Float> all = new ArrayList<>();
    int place = plan.adapters().indexOf(adapter);
    for (int step = 0; step < STEPS && place >= 0; step++) {
      // -0 is nothing too.
      all.add(plan.at(step, STEPS)[place] + 0f);
    }
    return all;
  }

  @Test
  void everyNumberOfStepsIsHonoured() {
    for (int steps = 1; steps <= MOST_STEPS; steps++) {
      requireSound(mix(extension(), asked(), steps), asked(), steps);
    }
  }

  @Test
  void anyPlanIsHonouredOrRefusedWithReason() {
    Mixer mixer = extension();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < PLANS; i++) {
      MixPlan asked = SamplePlans.any(random);
      int steps = 1 + random.nextInt(MOST_STEPS);
      try {
        requireSound(mix(mixer, asked, steps), asked, steps);
      } catch (IllegalArgumentException e) {
        requireSentence(e);
      }
    }
  }
}
