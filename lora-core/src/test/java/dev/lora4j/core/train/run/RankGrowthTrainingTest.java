package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranks that grow where a loss stays on a plateau, also in runs that were stopped. */
class RankGrowthTrainingTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("growth");

  /** No loss falls by so much, so that the rank grows whenever it may. */
  private static final double UNREACHED = 0.9;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  private static TurnedLayer growing(int patience) {
    return TurnedLayer.of(
        SCOPE,
        "rank-growth",
        8,
        Map.of("patience", patience, "threshold", UNREACHED, "smoothing", 0.5));
  }

  private static Runs runs(TurnedLayer task, int steps) {
    return new Runs(SCOPE, task, TurnedLayer.settings("adamw", steps).withAccumulation(2));
  }

  private Path kept() {
    return folder.resolve("whole");
  }

  /** Runs that go on from some steps end as the whole one, which left a checkpoint of each. */
  private void requireResumed(
      Runs runs, CheckpointPolicy keeping, Heard heard, TrainedAdapter whole, List<Integer> steps) {
    int last = runs.settings().steps();
    for (int at : steps) {
      Path into = folder.resolve("from" + at);
      Heard again = new Heard(0);
      TrainedAdapter resumed = runs.from(keeping.in(kept()), at, into, again);
      assertEquals(heard.steps.subList(at, last), again.steps, "from " + at);
      assertEquals(heard.later(at), again.changes, "from " + at);
      assertEquals(whole.adapter().identity(), resumed.adapter().identity(), "from " + at);
      if (at < last) {
        assertEquals(Runs.checkpoint(kept(), last), Runs.checkpoint(into, last), "from " + at);
      }
    }
  }

  @Test
  void validationLossDecidesGrowthWhereThereIsOne() {
    Runs runs = runs(growing(4).validated(1), 24);
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.validateEvery(5).every(1).keep(24);
    Heard heard = new Heard(0);
    TrainedAdapter whole = runs.whole(keeping.in(kept()), heard);
    assertEquals(List.of(5, 10, 15), List.copyOf(heard.changes.keySet()));
    assertTrue(
        heard.changes.values().stream().allMatch(c -> c.contains("validation loss")),
        heard.changes.toString());
    requireResumed(runs, keeping, heard, whole, List.of(4, 5, 6, 13));
  }

  /** A checkpoint has the growth that was decided at its own step. */
  @Test
  void checkpointsAtValidationsHaveTheGrowth() {
    Runs runs = runs(growing(4).validated(1), 18);
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.validateEvery(5).every(5).keep(18);
    Heard heard = new Heard(0);
    TrainedAdapter whole = runs.whole(keeping.in(kept()), heard);
    for (int growth = 1; growth <= 3; growth++) {
      double[] stage = Runs.numbers(Runs.checkpoint(kept(), 5 * growth), "held_stage");
      assertEquals(growth, stage[0], "after growth " + growth);
    }
    requireResumed(runs, keeping, heard, whole, List.of(5, 15));
    TrainedAdapter stopped = runs.resumed(keeping.in(folder.resolve("stopped")), 7);
    assertEquals(whole.adapter().identity(), stopped.adapter().identity());
  }

  /** Before the first step, and where a validation was told of but nothing has grown yet. */
  @Test
  void runsStoppedAtAValidationGrowAsAWholeOne() {
    Runs runs = runs(growing(4).validated(1), 8);
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.validateEvery(5);
    TrainedAdapter whole = runs.whole(keeping, RunListener.NONE);
    for (int at : List.of(0, 5)) {
      CheckpointPolicy own = keeping.in(folder.resolve("validated" + at));
      TrainingInterrupted stopped =
          assertThrows(TrainingInterrupted.class, () -> runs.whole(own, new Stopping(at)));
      assertTrue(Thread.interrupted());
      assertEquals(at, stopped.steps());
      Heard again = new Heard(0);
      TrainedAdapter resumed = runs.whole(own.resume(true), again);
      assertEquals(whole.adapter().identity(), resumed.adapter().identity(), "at " + at);
      assertEquals(at == 0, again.changes.containsKey(5), "at " + at);
    }
  }

  /** Interrupts a run while it tells of a validation. */
  private record Stopping(int at) implements RunListener {
    @Override
    public void step(Step done) {}

    @Override
    public void validated(int step, double loss, boolean best) {
      if (step == at) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Directions that would grow after the last step could not be trained. */
  @Test
  void nothingGrowsAfterTheLastStep() {
    for (boolean validated : new boolean[] {false, true}) {
      TurnedLayer task = validated ? growing(4).validated(1) : growing(4);
      int steps = validated ? 12 : 9;
      Runs runs = runs(task, steps);
      CheckpointPolicy keeping =
          CheckpointPolicy.NOTHING
              .validateEvery(4)
              .every(1)
              .keep(steps)
              .in(folder.resolve("last" + validated));
      Heard heard = new Heard(0);
      TrainedAdapter whole = runs.whole(keeping, heard);
      List<Integer> grown = validated ? List.of(4, 8) : List.of(5);
      assertEquals(grown, List.copyOf(heard.changes.keySet()));
      for (int at : List.of(steps - 1, steps)) {
        TrainedAdapter resumed =
            runs.from(keeping, at, folder.resolve(validated + "from" + at), RunListener.NONE);
        assertEquals(whole.adapter().identity(), resumed.adapter().identity(), "from " + at);
      }
    }
  }

  @Test
  void trainingLossDecidesGrowthElsewhere() {
    Runs runs = runs(growing(3), 14);
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.every(1).keep(14);
    Heard heard = new Heard(0);
    TrainedAdapter whole = runs.whole(keeping.in(kept()), heard);
    assertEquals(List.of(4, 7, 10), List.copyOf(heard.changes.keySet()));
    requireResumed(runs, keeping, heard, whole, List.of(3, 4, 5));
  }

  /** The best factors are of a stage of their own, which the run does not go on with. */
  @Test
  void bestFactorsAreThoseOfAWholeRun() {
    Runs runs = runs(growing(2).validated(0.3), 16);
    CheckpointPolicy keeping =
        CheckpointPolicy.NOTHING.validateEvery(2).every(16).keepBest(true).previewEvery(1);
    Heard heard = new Heard(0);
    TrainedAdapter whole = runs.whole(keeping.in(kept()), heard);
    assertEquals(heard.previews.get(heard.best), whole.adapter().identity());
    assertTrue(2 < heard.best && heard.best < 14, heard.validated::toString);
    for (int at : List.of(3, heard.best, heard.best + 1)) {
      TrainedAdapter stopped = runs.resumed(keeping.in(folder.resolve("best" + at)), at);
      assertEquals(whole.adapter().identity(), stopped.adapter().identity(), "stopped at " + at);
    }
  }
}
