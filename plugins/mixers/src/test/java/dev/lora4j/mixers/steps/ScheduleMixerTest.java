package dev.lora4j.mixers.steps;

import static dev.lora4j.mixers.steps.Asked.SITES;
import static dev.lora4j.mixers.steps.Asked.adapter;
import static dev.lora4j.mixers.steps.Asked.assertWeights;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleMixerTest {
  private static final MixPlan ASKED = MixPlan.of(adapter("ink"), 2).with(adapter("glow"), -0.5);

  private static MixPlan mix(String settings, MixPlan asked) {
    return ((WeightMixer) Extensions.installed().make(Mixer.class, "schedule" + settings))
        .plan(asked, 4, SITES, Asked.UNSEEN);
  }

  /** The weight of an adapter of weight 2 in each of four steps. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "early; 2 2 0 0",
        "late; 0 0 2 2",
        "linear; 0.25 0.75 1.25 1.75",
        "cosine; 0.07612 0.61732 1.38268 1.92388",
        "0.25-0.75; 0 2 2 0",
        "0.5; 1 1 1 1",
        "0.5:0-0.5; 1 1 0 0",
        "1@0,0@1; 1.75 1.25 0.75 0.25",
        "0@0,1@0.5,0.5@1; 0.5 1.5 1.75 1.25",
        "0@0,1@1:cosine; 0.07612 0.61732 1.38268 1.92388",
        "1,-0.5,0,0; 2 -1 0 0",
        "0; 0 0 0 0"
      })
  void courses(String course, String expected) {
    MixPlan plan = mix(":courses=ink=" + course, ASKED);
    for (int step = 0; step < 4; step++) {
      assertEquals(Float.parseFloat(expected.split(" ", -1)[step]), plan.at(step, 4)[0], 1e-5);
      assertEquals(-0.5f, plan.at(step, 4)[1]);
    }
    assertEquals(2, plan.parts().get(0).textWeight(), "text encoders run once");
  }

  @Test
  void adaptersHaveTheirOwnCourses() {
    assertWeights(
        mix(":courses=glow=late ink=1@0,0@0.5", ASKED),
        new float[] {1.5f, 0},
        new float[] {0.5f, 0},
        new float[] {0, -0.5f},
        new float[] {0, -0.5f});
    assertEquals(
        mix(":courses=early late", ASKED).toString(),
        "ink 2:0-0.5, text 2 + " + "glow -0.5:0.5-1, text -0.5");
    assertEquals(ASKED.toString(), mix("", ASKED).toString());
  }

  @Test
  void weightWithCourseIsRefusedAnother() {
    MixPlan curved = ASKED.with(adapter("fog"), Weight.parse("0@0,1@1"));
    assertEquals(3, mix(":courses=ink=late", curved).parts().size());
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> mix(":courses=late", curved));
    assertEquals(
        "schedule cannot give a course to fog, whose weight has one already: 0@0,1@1",
        refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "0.8-0.2", "1@2", "1@0.5,0@0", "ink=", "0.2-0.x", "1,x"})
  void invalidCoursesAreRefusedAtOnce(String course) {
    Exception refused =
        assertThrows(ExtensionException.class, () -> mix(":courses=" + course, ASKED));
    String found = course.replace("ink=", "");
    assertTrue(
        String.valueOf(refused.getMessage()).contains("found '" + found + "'"),
        refused.getMessage());
  }
}
