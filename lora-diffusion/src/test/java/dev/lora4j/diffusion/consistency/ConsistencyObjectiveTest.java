package dev.lora4j.diffusion.consistency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import dev.lora4j.diffusion.train.objective.LatentSample;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Draws of consistency distillation, and what it refuses. */
class ConsistencyObjectiveTest {
  private static final LatentSample SAMPLE = LatentSample.of(Shape.of(1, 1, 2), 1, 2);

  private static NoiseSchedule schedule(Prediction prediction) {
    return new NoiseSchedule(
        new SchedulerConfig(
            1000, Betas.SCALED_LINEAR, 0.00085, 0.012, prediction, Spacing.LEADING, 1, false));
  }

  private static ConsistencyObjective objective() {
    return new ConsistencyObjective(schedule(Prediction.EPSILON), ConsistencySettings.DEFAULT);
  }

  @Test
  void drawsAreStepsOfTheSolver() {
    Set<Double> seen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      ConsistencyDraw draw = objective().draw(3, i, 0, 1, SAMPLE);
      double from = draw.from().timestep();
      assertEquals(19, from % 20, "a timestep of the solver");
      assertEquals(Math.max(0, from - 20), draw.to().timestep());
      assertTrue(draw.guidance() >= 5 && draw.guidance() < 15);
      seen.add(from);
    }
    assertEquals(50, seen.size());
  }

  @Test
  void samplesOfBatchAreSpreadOverTheSolver() {
    for (int i = 0; i < 40; i++) {
      int place = i % 5;
      double from = objective().draw(3, i, place, 5, SAMPLE).from().timestep();
      assertTrue(from >= 200 * place && from < 200 * (place + 1), place + ": " + from);
    }
  }

  @Test
  void drawDependsOnSeedAndNumberAlone() {
    ConsistencyDraw one = objective().draw(3, 7, 1, 4, SAMPLE);
    ConsistencyDraw again = objective().draw(3, 7, 1, 4, SAMPLE);
    assertEquals(one.guidance(), again.guidance());
    assertArrayEquals(one.noise(), again.noise());
    assertTrue(one.guidance() != objective().draw(4, 7, 1, 4, SAMPLE).guidance());
    assertTrue(one.noise()[0] != objective().draw(3, 8, 1, 4, SAMPLE).noise()[0]);
  }

  @Test
  void heldOutPicturesAreSeenAtAllNoise() {
    List<ConsistencyDraw> draws = objective().heldOut(1, 0, 2, SAMPLE);
    assertEquals(259, draws.get(0).from().timestep());
    assertEquals(759, draws.get(1).from().timestep());
    assertEquals(10, draws.get(0).guidance());
    assertTrue(draws.get(0).noise()[0] != draws.get(1).noise()[0]);
  }

  @Test
  void basesWithoutVarianceNoiseAreRefused() {
    assertRefused(schedule(Prediction.FLOW), "predicts a flow");
    NoiseSchedule pure =
        new NoiseSchedule(schedule(Prediction.EPSILON).config().withZeroTerminalSnr());
    assertRefused(pure, "nothing but noise is left");
    // Velocity tells the picture there too.
    NoiseSchedule velocity =
        new NoiseSchedule(schedule(Prediction.V_PREDICTION).config().withZeroTerminalSnr());
    new ConsistencyObjective(velocity, ConsistencySettings.DEFAULT);
    ConsistencySettings many =
        new ConsistencySettings(1001, 5, 15, ConsistencySettings.Measure.L2, 0.001);
    Exception steps =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ConsistencyObjective(schedule(Prediction.EPSILON), many));
    assertTrue(steps.getMessage().contains("1001 steps in a schedule of 1000"), steps.getMessage());
  }

  private static void assertRefused(NoiseSchedule schedule, String words) {
    Exception refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ConsistencyObjective(schedule, ConsistencySettings.DEFAULT));
    assertTrue(refused.getMessage().contains(words), refused.getMessage());
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    ConsistencySettings usual = ConsistencySettings.DEFAULT;
    assertThrows(IllegalArgumentException.class, () -> usual.withGuidance(-1, 3));
    assertThrows(IllegalArgumentException.class, () -> usual.withGuidance(4, 3));
    assertThrows(IllegalArgumentException.class, () -> usual.withGuidance(4, Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ConsistencySettings(1, 3, 4, ConsistencySettings.Measure.HUBER, 0.001));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ConsistencySettings(50, 3, 4, ConsistencySettings.Measure.HUBER, 0));
  }
}
