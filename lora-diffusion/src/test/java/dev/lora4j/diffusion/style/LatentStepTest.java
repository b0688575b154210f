package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun.Outcome;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.LatentSample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Steps on given latents are a run's own steps, one by one. */
class LatentStepTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final int SIDE = 8;
  private static final int WORDS = 5;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static float[] waves(Shape shape) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    return values;
  }

  private static LatentStep step(StyleSettings settings, int captions) {
    Shape one = Shape.of(SD.base().denoiser().inChannels(), SIDE, SIDE);
    LatentSample sample = LatentSample.of(one, waves(one));
    Shape context = Shape.of(captions, WORDS, SD.base().denoiser().crossAttentionDim());
    return new LatentStep(
        SD.scope(),
        SD.base(),
        settings,
        List.of(sample, sample),
        HostTensor.of(context, waves(context)));
  }

  private static List<Outcome> threeSteps() {
    List<Outcome> outcomes = new ArrayList<>();
    try (LatentStep step = step(StyleSettings.DEFAULT, 2)) {
      for (int i = 0; i < 3; i++) {
        outcomes.add(step.take());
      }
    }
    return outcomes;
  }

  @Test
  void stepsHaveTheirOwnRepeatableDraws() {
    List<Outcome> outcomes = threeSteps();
    assertEquals(outcomes, threeSteps());
    assertEquals(3, outcomes.stream().map(Outcome::loss).distinct().count());
    assertTrue(outcomes.stream().noneMatch(Outcome::skipped));
  }

  @Test
  void theFirstFactorsChangeNothing() {
    try (LatentStep step = step(StyleSettings.DEFAULT, 2)) {
      step.initial()
          .forEach(
              (name, tensor) -> {
                double sum = 0;
                for (double value : tensor.doubles()) {
                  sum += Math.abs(value);
                }
                assertEquals(name.endsWith(".up"), sum == 0, name);
              });
      assertEquals(2, step.draws(0).size());
    }
  }

  @Test
  void mismatchedShapesAndTargetsAreRefused() {
    String shape =
        assertThrows(IllegalArgumentException.class, () -> step(StyleSettings.DEFAULT, 3))
            .getMessage();
    assertTrue(shape.contains("expected [2, 5,"), shape);
    StyleSettings text =
        StyleSettings.DEFAULT.with(
            StyleSettings.DEFAULT.recipe().targets(TargetLayers.of(TargetPreset.TEXT_ENCODERS)));
    assertThrows(IllegalArgumentException.class, () -> step(text, 2));
  }
}
