package dev.lora4j.mixers.steps;

import static dev.lora4j.mixers.steps.Asked.SITES;
import static dev.lora4j.mixers.steps.Asked.adapter;
import static dev.lora4j.mixers.steps.Asked.assertWeights;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.spi.Extensions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwitchMixerTest {
  private static final Adapter INK = adapter("ink");
  private static final Adapter GLOW = adapter("glow");
  private static final Adapter FOG = adapter("fog");
  private static final MixPlan ASKED = MixPlan.of(INK, 0.7).with(GLOW, 0.5).with(FOG, -1);

  private static SwitchMixer mixer(String text) {
    return (SwitchMixer) Extensions.installed().make(Mixer.class, text);
  }

  private static MixPlan mix(String text, MixPlan asked, int steps) {
    return mixer(text).plan(asked, steps, SITES, Asked.UNSEEN);
  }

  @Test
  void turnIsFiveStepsByDefault() {
    assertEquals(5, mixer("switch").tau());
    MixPlan plan = mix("switch", ASKED, 20);
    for (int step = 0; step < 20; step++) {
      int turn = step / 5 % 3;
      for (int i = 0; i < 3; i++) {
        float expected = turn == i ? ASKED.at(0, 20)[i] : 0;
        assertEquals(expected, plan.at(step, 20)[i], "step " + step);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "tau=1; 0 1 2 0 1 2",
        "tau=2; 0 0 1 1 2 2",
        "tau=1,order=fog ink glow; 2 0 1 2 0 1",
        "tau=2,delay=1; 0 0 0 1 1 2",
        "tau=1,delay=2; 0 0 0 1 2 0"
      })
  void turnsFollowTauOrderAndDelay(String settings, String expected) {
    MixPlan plan = mix("switch:" + settings, ASKED, 6);
    for (int step = 0; step < 6; step++) {
      int turn = Integer.parseInt(expected.split(" ", -1)[step]);
      assertEquals(ASKED.at(0, 6)[turn], plan.at(step, 6)[turn], "step " + step);
      for (int i = 0; i < 3; i++) {
        assertEquals(i == turn, plan.at(step, 6)[i] != 0, "step " + step + ", " + i);
      }
    }
  }

  /** A weight that changes over the steps is read where its adapter has a turn. */
  @Test
  void stepwiseWeightsCountWithinTurns() {
    MixPlan asked = MixPlan.of(INK, Weight.parse("0@0,1@1")).with(GLOW, 0.5);
    assertWeights(
        mix("switch:tau=1", asked, 4),
        new float[] {0.125f, 0},
        new float[] {0, 0.5f},
        new float[] {0.625f, 0},
        new float[] {0, 0.5f});
    assertEquals(1, mix("switch:tau=1", asked, 4).parts().get(0).textWeight());
  }

  /** Where a picture is begun with, the first turn is in the first step that is made. */
  @Test
  void turnsAreCountedFromTheFirstComputedStep() {
    MixPlan plan = mixer("switch:tau=2").planFrom(15, ASKED, 20, SITES, Asked.UNSEEN);
    for (int step = 15; step < 20; step++) {
      int turn = (step - 15) / 2;
      for (int i = 0; i < 3; i++) {
        assertEquals(i == turn, plan.at(step, 20)[i] != 0, "step " + step + ", " + i);
      }
    }
    MixPlan two = mixer("switch:tau=3").planFrom(15, ASKED, 20, SITES, Asked.UNSEEN);
    assertEquals(List.of(INK, GLOW), two.adapters());
  }

  /** With turns as long as the picture, the others are not there at all. */
  @Test
  void adapterWithoutTurnTakesNoPart() {
    MixPlan plan = mix("switch:tau=4", ASKED, 4);
    assertEquals(List.of(INK), plan.adapters());
    assertEquals(List.of(INK, GLOW), mix("switch:tau=3", ASKED, 4).adapters());
    assertEquals(List.of(INK), mix("switch:tau=3,delay=1", ASKED, 4).adapters());
    assertWeights(mix("switch:tau=9", ASKED, 1), new float[] {0.7f});
  }

  @Test
  void anAdapterOfWeightNothingChangesNothing() {
    MixPlan more = MixPlan.of(FOG, 0).with(INK, 0.7).with(GLOW, 0.5);
    MixPlan fewer = MixPlan.of(INK, 0.7).with(GLOW, 0.5);
    for (int step = 0; step < 6; step++) {
      assertEquals(
          mix("switch:tau=1", fewer, 6).at(step, 6)[0],
          mix("switch:tau=1,order=fog ink glow", more, 6).at(step, 6)[1]);
    }
    MixPlan nothing = MixPlan.of(INK, 0);
    assertEquals(0, mix("switch", nothing, 6).at(0, 6)[0]);
  }

  @Test
  void textEncodersTakeTheChosenAdapters() {
    MixPlan asked = ASKED.parts(List.of(ASKED.parts().get(0), ASKED.parts().get(1).text(0.9)));
    assertEquals(List.of(0.7, 0.9), texts(mix("switch:tau=1", asked, 4)));
    assertEquals(List.of(0.7, 0.0), texts(mix("switch:tau=1,texts=first", asked, 4)));
    assertEquals(
        List.of(0.0, 0.9), texts(mix("switch:tau=1,texts=first,order=glow ink", asked, 4)));
  }

  private static List<Double> texts(MixPlan plan) {
    return plan.parts().stream().map(MixPlan.Part::textWeight).toList();
  }

  /** Adapters that cannot follow each other can take turns. */
  @Test
  void eachActsOnTheBase() {
    assertEquals(AdapterOrder.FROM_BASE, mix("switch", ASKED, 4).order());
  }

  @ParameterizedTest
  @CsvSource({"ink glow", "ink glow fog fog", "ink glow mist", "ink ink glow"})
  void anOrderOfOthersIsRefused(String order) {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> mix("switch:order=" + order, ASKED, 4));
    assertTrue(String.valueOf(refused.getMessage()).endsWith("ink, glow, fog"));
  }
}
