package dev.lora4j.testkit;

import static dev.lora4j.testkit.SamplePlans.FOG;
import static dev.lora4j.testkit.SamplePlans.GLOW;
import static dev.lora4j.testkit.SamplePlans.INK;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.OutputMixer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contract of {@link OutputMixer}, with a denoiser that is a formula. */
public abstract class OutputMixerContract extends MixerContract {
  private static final float CLOSE = 1e-5f;
  private static final int PLANS = 300;

  private final boolean commutes;
  private Optional<ComposedSteps> opened = Optional.empty();

  /**
   * Tests a mixer on the class path, see {@link ExtensionContract}.
   *
   * @param request of adapters that are called ink, glow and fog, all three
   * @param neutral the same mixer with settings that leave one adapter of weight 1 as it is
   * @param commutes whether, with those, the order of the adapters changes nothing
   */
  protected OutputMixerContract(String request, String neutral, boolean commutes) {
    super(request, neutral);
    this.commutes = commutes;
  }

  @BeforeEach
  void open() {
    opened = Optional.of(new ComposedSteps());
  }

  @AfterEach
  void close() {
    opened.orElseThrow().close();
  }

  private float[] step(Mixer mixer, MixPlan asked) {
    return opened.orElseThrow().step((OutputMixer) mixer, asked, 0.5f);
  }

  @Test
  void theSameRequestGivesTheSameOutput() throws Exception {
    Mixer mixer = extension();
    ManyThreads.agree(() -> Arrays.toString(step(mixer, SamplePlans.three())));
  }

  @Test
  void singleAdapterIsUnchanged() {
    MixPlan alone = MixPlan.of(INK, 1);
    assertArrayEquals(ComposedSteps.denoised(alone), step(neutral(), alone), CLOSE);
  }

  @Test
  void anAdapterOfWeightNothingCountsNothing() {
    MixPlan two = MixPlan.of(INK, 0.8).with(GLOW, -0.5);
    float[] fewer = step(neutral(), two);
    assertArrayEquals(fewer, step(neutral(), two.with(FOG, 0)), CLOSE);
    assertArrayEquals(
        fewer, step(neutral(), MixPlan.of(FOG, 0).with(INK, 0.8).with(GLOW, -0.5)), CLOSE);
  }

  @Test
  void adapterOrderCountsOnlyWhereDeclared() {
    float[] one = step(neutral(), MixPlan.of(INK, 0.8).with(GLOW, -0.5));
    float[] other = step(neutral(), MixPlan.of(GLOW, -0.5).with(INK, 0.8));
    double distance = 0;
    for (int i = 0; i < one.length; i++) {
      distance = Math.max(distance, Math.abs(one[i] - other[i]));
    }
    assertEquals(
        commutes, distance < CLOSE, "the other order is another output by up to " + distance);
  }

  @Test
  void finiteOutputsGiveAFiniteOutput() {
    OutputMixer mixer = (OutputMixer) extension();
    int plans = mixer.plans(SamplePlans.three()).size();
    for (float scale : new float[] {0, 1e-6f, 1, 1e4f}) {
      for (float progress : new float[] {0.01f, 0.5f, 0.99f}) {
        float[] output = {scale, -scale, scale, 0};
        List<float[]> alike = Collections.nCopies(plans, output);
        for (float value : opened.orElseThrow().composed(mixer, alike, progress)) {
          assertTrue(Float.isFinite(value), "of outputs of " + scale + " it makes " + value);
        }
      }
    }
  }

  @Test
  void anyPlanIsHonouredOrRefusedWithReason() {
    OutputMixer mixer = (OutputMixer) extension();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < PLANS; i++) {
      MixPlan asked = SamplePlans.any(random);
      try {
        List<MixPlan> plans = mixer.plans(asked);
        assertFalse(plans.isEmpty(), "no plan of " + asked);
        plans.forEach(plan -> requireSound(plan, asked, 5));
      } catch (IllegalArgumentException e) {
        requireSentence(e);
      }
    }
  }
}
