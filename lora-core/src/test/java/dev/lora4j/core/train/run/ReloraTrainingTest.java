package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.relora.OptimizerReset;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.schedule.CosineWithRestarts;
import dev.lora4j.core.train.schedule.Decay;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** ReLoRA: what its restarts do to the optimizer and the rate, and what they are good for. */
class ReloraTrainingTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("relora");
  private static final int WIDTH = TurnedLayer.WIDTH;
  private static final int STEPS = 24;
  private static final Map<String, Object> THREE = Map.of("restarts", 3);

  /** Begins anew where ReLoRA restarts. */
  private static final Decay JUMPING = new CosineWithRestarts(4);

  @TempDir Path folder;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  private static TurnedLayer relora(int rank, Map<String, Object> settings) {
    return TurnedLayer.of(SCOPE, "relora", rank, settings);
  }

  private static TrainingSettings settings() {
    return TurnedLayer.settings("adamw", STEPS);
  }

  /** Looked at right after a restart: nothing is remembered, or what magnitude pruning left. */
  @ParameterizedTest
  @CsvSource({"full, 0", "magnitude, 116"})
  void optimizerForgetsAtARestart(String reset, int kept) {
    TurnedLayer task = relora(12, Map.of("restarts", 3, "reset", reset));
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.every(STEPS).in(folder.resolve(reset));
    new Runs(SCOPE, task, settings()).stopped(keeping, 6);
    Map<String, HostTensor> state = Runs.checkpoint(folder.resolve(reset), 6);
    double[] held = Runs.numbers(state, "held");
    assertEquals(2 * WIDTH * 12, Arrays.stream(held).filter(h -> h == 0).count());
    for (String moment : List.of("mean", "square")) {
      double[] values = Runs.numbers(state, moment);
      int count = 0;
      for (int i = 0; i < values.length; i++) {
        assertTrue(held[i] == 0 || values[i] == 0, moment + " of a held element");
        count += values[i] == 0 ? 0 : 1;
      }
      assertEquals(2 * kept, count, moment);
    }
  }

  static Stream<Arguments> resumed() {
    Stream<Arguments> all = Decays.all().stream().map(d -> Arguments.of(d, OptimizerReset.FULL));
    return Stream.concat(all, Stream.of(Arguments.of(JUMPING, OptimizerReset.MAGNITUDE)));
  }

  /** From a step before a restart, from it, and from within its warm-up. */
  @ParameterizedTest
  @MethodSource("resumed")
  void runsResumeAroundRestartsToTheSameBits(Decay decay, OptimizerReset reset) {
    int steps = 20;
    Map<String, Object> own =
        Map.of(
            "restarts", 3,
            "restart_warmup_steps", 2,
            "reset", reset.name().toLowerCase(Locale.ROOT));
    long warmup = decay.warmedUp() && !decay.equals(JUMPING) ? 3 : 0;
    TrainingSettings settings =
        TurnedLayer.settings("adamw", steps)
            .withSchedule(RateSchedule.of(decay, steps).warmupSteps(warmup))
            .withAccumulation(2);
    Runs runs = new Runs(SCOPE, relora(8, own), settings);
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.every(1).keep(steps);
    Heard heard = new Heard(0);
    Path kept = folder.resolve("whole");
    TrainedAdapter whole = runs.whole(keeping.in(kept), heard);
    assertEquals(Set.of(5, 10, 15), heard.changes.keySet());
    for (int at : List.of(4, 5, 6)) {
      Path into = folder.resolve("from" + at);
      Heard again = new Heard(0);
      TrainedAdapter resumed = runs.from(keeping.mapped(at == 6).in(kept), at, into, again);
      assertEquals(heard.steps.subList(at, steps), again.steps, "from " + at);
      assertEquals(whole.adapter().identity(), resumed.adapter().identity(), "from " + at);
      assertEquals(Runs.checkpoint(kept, steps), Runs.checkpoint(into, steps), "from " + at);
    }
  }

  /** A target of full rank, of which four directions learn little however long they learn. */
  @Test
  void rankOfTheSumExceedsThatOfALora() {
    int many = 10 * STEPS;
    TrainingSettings more = TurnedLayer.settings("adamw", many);
    TrainedAdapter low = trained(TurnedLayer.of(SCOPE, "lora", 4, Map.of()), more);
    TrainedAdapter high = trained(relora(4, THREE), more);
    assertEquals(4, new TurningPair(low.adapter()).effectiveRank());
    int rank = new TurningPair(high.adapter()).effectiveRank();
    assertTrue(rank > 12, "rank " + rank);
    double before = low.losses().get(many - 1);
    double after = high.losses().get(many - 1);
    assertTrue(after < 0.95 * before, before + " " + after);
  }

  private static TrainedAdapter trained(TurnedLayer task, TrainingSettings settings) {
    return new Runs(SCOPE, task, settings).whole(CheckpointPolicy.NOTHING, RunListener.NONE);
  }

  @Test
  void schedulesThatRestartElsewhereAreRefused() {
    AdapterPlan plan = relora(4, THREE).plan();
    TrainingSettings jumping =
        settings().withSchedule(RateSchedule.of(new CosineWithRestarts(3), STEPS).warmupSteps(0));
    String told =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> jumping.requireFits(plan))
                .getMessage());
    assertTrue(told.contains("begins anew after step 8"), told);
    assertTrue(told.contains("[6, 12, 18]"), told);
    jumping
        .withSchedule(RateSchedule.of(new CosineWithRestarts(4), STEPS).warmupSteps(0))
        .requireFits(plan);
    TrainingSettings warm =
        settings().withSchedule(RateSchedule.of(new CosineWithRestarts(1), STEPS).warmupSteps(7));
    String early =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> warm.requireFits(plan))
                .getMessage());
    assertTrue(early.contains("still warms up"), early);
  }
}
