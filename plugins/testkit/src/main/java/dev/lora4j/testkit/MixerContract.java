package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract of {@link Mixer}s of any kind. */
public abstract class MixerContract extends ExtensionContract<Mixer> {
  private static final int WORDS_OF_A_SENTENCE = 3;

  private final String neutral;

  /**
   * Tests a mixer on the class path, see {@link ExtensionContract}.
   *
   * @param request of adapters that are called ink, glow and fog
   * @param neutral the same mixer with settings that leave one adapter of weight 1 as it is
   */
  MixerContract(String request, String neutral) {
    super(Mixer.class, request);
    this.neutral = neutral;
  }

  /** The mixer with its neutral settings. */
  final Mixer neutral() {
    return Extensions.installed().make(Mixer.class, neutral);
  }

  /**
   * Requires that the recorded description of a mixer in a picture's file makes the same mixer
   * again.
   */
  @Test
  void requestMakesTheSameMixerAgain() {
    String told = ExtensionRequest.of(extension()).text();
    Mixer again = Extensions.installed().make(Mixer.class, told);
    assertEquals(told, ExtensionRequest.of(again).text());
  }

  /** Requires a sentence for people. */
  static void requireSentence(IllegalArgumentException refusal) {
    String told = String.valueOf(refusal.getMessage());
    assertTrue(
        told.strip().split("\\s+", -1).length >= WORDS_OF_A_SENTENCE,
        "it should say what it cannot honour, and says '" + told + "'");
  }

  /** Requires weights that are numbers, of requested adapters. */
  static void requireSound(MixPlan plan, MixPlan asked, int steps) {
    assertTrue(
        asked.adapters().containsAll(plan.adapters()), plan + " has more adapters than " + asked);
    for (int step = 0; step < steps; step++) {
      for (float weight : plan.at(step, steps)) {
        assertTrue(Float.isFinite(weight), plan + " has the weight " + weight);
      }
    }
  }

  /** All properties of a plan, for comparison. */
  static List<Object> said(MixPlan plan, int steps) {
    List<Object> all = new ArrayList<>(List.of(plan.order()));
    for (int step = 0; step < steps; step++) {
      for (float weight : plan.at(step, steps)) {
        all.add(weight);
      }
    }
    for (MixPlan.Part part : plan.parts()) {
      all.addAll(List.of(part.adapter(), part.textWeight(), part.shares().bySite(), part.area()));
    }
    return all;
  }
}
