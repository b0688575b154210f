package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.train.adapter.AdapterPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Directions that are trained in turn, with every optimizer: what is held does not move. */
class DirectionTrainingTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("directions");
  private static final int WIDTH = TurnedLayer.WIDTH;
  private static final int STEPS = 24;
  private static final Map<String, Object> RELORA = Map.of("restarts", 3);
  private static final Map<String, Object> GROWTH =
      Map.of("patience", 3, "threshold", 0.3, "smoothing", 0.5);

  @TempDir Path folder;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  private static TurnedLayer relora(int rank, Map<String, Object> settings) {
    return TurnedLayer.of(SCOPE, "relora", rank, settings);
  }

  private static Runs runs(TurnedLayer task, String optimizer) {
    return new Runs(SCOPE, task, TurnedLayer.settings(optimizer, STEPS));
  }

  /** Keeps the pair of factors after each step, and what a run tells of changes. */
  private static final class Seen implements RunListener {
    final List<TurningPair> pairs = new ArrayList<>();
    final Map<Integer, String> changes = new TreeMap<>();
    final List<Double> rates = new ArrayList<>();

    @Override
    public void step(Step done) {
      rates.add(done.rate());
    }

    @Override
    public void preview(int step, Adapter adapter) {
      pairs.add(new TurningPair(adapter));
    }

    @Override
    public void changed(int step, String change) {
      changes.put(step, change);
    }
  }

  @ParameterizedTest
  @CsvSource({"adamw", "adamw8bit", "lion", "lion8bit", "prodigy", "adafactor"})
  void finishedDirectionsDoNotMoveAndRunsResumeToTheSameBits(String optimizer) {
    for (boolean grows : new boolean[] {false, true}) {
      TurnedLayer task =
          grows ? TurnedLayer.of(SCOPE, "rank-growth", 48, GROWTH) : relora(12, RELORA);
      Runs runs = runs(task, optimizer);
      String name = grows ? "growth" : "relora";
      CheckpointPolicy keeping = CheckpointPolicy.NOTHING.every(1).previewEvery(1);
      Seen seen = new Seen();
      TrainedAdapter whole = runs.whole(keeping.in(folder.resolve(name)), seen);
      assertTrue(seen.changes.size() >= 2, seen.changes.toString());
      requireHeld(seen, grows);
      // Those two find a rate of their own, which takes more steps than these.
      if (!Set.of("prodigy", "adafactor").contains(optimizer)) {
        assertTrue(whole.losses().get(STEPS - 1) < whole.losses().get(0));
      }
      for (int at : List.of(6, 13)) {
        TrainedAdapter resumed = runs.resumed(keeping.in(folder.resolve(name + at)), at);
        assertEquals(whole.adapter().identity(), resumed.adapter().identity(), name + at);
      }
    }
  }

  /** A direction moves in the stages that it is trained in, and in no other. */
  private static void requireHeld(Seen seen, boolean grows) {
    int rank = seen.pairs.get(0).rank();
    int each = rank / 4;
    int stage = 0;
    for (int step = 1; step <= STEPS; step++) {
      int from = grows ? 0 : stage * each;
      int to = (stage + 1) * each;
      // The rate is 0 in the first step after a restart without an elapsed warm-up.
      boolean moves = seen.rates.get(step - 1) > 0;
      for (int r = 0; r < rank; r++) {
        double[] before = seen.pairs.get(step - 1).direction(r);
        double[] after = seen.pairs.get(step).direction(r);
        boolean trained = r >= from && r < to && moves;
        assertEquals(trained, !Arrays.equals(before, after), "step " + step + ", direction " + r);
      }
      stage += seen.changes.containsKey(step) ? 1 : 0;
    }
    double[] last = seen.pairs.get(STEPS).direction(0);
    assertNotEquals(0, last[WIDTH]);
  }

  @Test
  void whatWouldMoveHeldDirectionsIsRefused() {
    AdapterPlan plan = relora(4, RELORA).plan();
    assertThrows(
        TensorException.class,
        () -> TurnedLayer.settings("schedule_free_adamw", STEPS).requireFits(plan));
    String norms =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class,
                    () -> TurnedLayer.settings("adamw", STEPS).withMaxNorm(1).requireFits(plan))
                .getMessage());
    assertTrue(norms.contains("relora"), norms);
    Runs carrying = runs(relora(4, Map.of("reset", "magnitude")), "adafactor");
    String codes =
        String.valueOf(
            assertThrows(
                    TensorException.class,
                    () -> carrying.whole(CheckpointPolicy.NOTHING, RunListener.NONE))
                .getMessage());
    assertTrue(codes.contains("reset = full"), codes);
  }

  /** Directions that are held stay near, and the average comes to them. */
  @Test
  void movingAverageEndsAtHeldDirections() {
    TurnedLayer task = relora(4, Map.of("restarts", 1, "cycle_length", 4));
    TrainingSettings averaging = TurnedLayer.settings("adamw", STEPS).withAverage(0.5);
    Seen seen = new Seen();
    new Runs(SCOPE, task, averaging).whole(CheckpointPolicy.NOTHING.previewEvery(1), seen);
    double[] later = seen.pairs.get(STEPS).direction(0);
    double[] earlier = seen.pairs.get(STEPS - 1).direction(0);
    for (int i = 0; i < later.length; i++) {
      assertEquals(earlier[i], later[i], 1e-5);
    }
  }
}
