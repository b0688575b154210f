package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.CosineWithRestarts;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Directions that are trained in turn, with every optimizer: what is held does not move. */
class DirectionTrainingTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("directions");
  private static final int WIDTH = 96;
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

  /** A layer of zeros that is to become a matrix of full rank. */
  private record OneLayer(AdapterPlan plan, Tensor weight, boolean validates)
      implements TrainingTask {
    static OneLayer of(String method, int rank, Map<String, Object> settings) {
      Shape square = Shape.of(WIDTH, WIDTH);
      AdapterPlan plan =
          AdapterRecipe.DEFAULT
              .method(TrainableMethods.named(method, settings))
              .targets(TargetLayers.matching("toy.*"))
              .rank(rank, rank)
              .plan(List.of(Site.linear("toy.only", square, false)));
      return new OneLayer(plan, Tensor.of(SCOPE, square, new float[WIDTH * WIDTH]), false);
    }

    @Override
    public DType compute() {
      return DType.F32;
    }

    @Override
    public Expr loss(Staging at) {
      Shape rows = Shape.of(Shape.UNKNOWN, WIDTH);
      Expr x = at.graph().input("x", DType.F32, rows);
      Expr target = at.graph().input("target", DType.F32, rows);
      Weights layers =
          Weights.of(at.graph(), "toy", new FrozenWeights(DType.F32, ""), at.adapters());
      return layers.linear("only", x, WIDTH, false).sub(target).pow(2).mean();
    }

    @Override
    public Tensor weight(Scope scope, Site site) {
      return weight;
    }

    @Override
    public Tensor held(String name) {
      return weight;
    }

    @Override
    public List<TrainingBatch> batches(long first, int count) {
      return LongStream.range(first, first + count).<TrainingBatch>mapToObj(Turned::new).toList();
    }

    @Override
    public List<TrainingBatch> heldOut() {
      return validates ? List.of(new Turned(-1)) : List.of();
    }

    @Override
    public String items() {
      return "lines";
    }
  }

  /** Rows whose numbers are to be turned round. */
  private record Turned(long number) implements TrainingBatch {
    @Override
    public List<Tensor> inputs(Scope scope) {
      SeededNoise noise = SeededNoise.of(number);
      float[] x = new float[64 * WIDTH];
      float[] target = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) noise.gaussian();
      }
      for (int i = 0; i < x.length; i++) {
        int column = i % WIDTH;
        target[i] = x[i - column + WIDTH - 1 - column];
      }
      Shape shape = Shape.of(64, WIDTH);
      return List.of(Tensor.of(scope, shape, x), Tensor.of(scope, shape, target));
    }

    @Override
    public List<String> items() {
      return List.of("line " + number);
    }
  }

  private static TrainingSettings settings(String optimizer) {
    double rate =
        switch (optimizer) {
          case "prodigy" -> 1;
          case "lion", "lion8bit" -> 0.01;
          default -> 0.02;
        };
    Map<String, Object> own = optimizer.equals("prodigy") ? Map.of("d0", 1e-3) : Map.of();
    return TrainingSettings.of(
            Optimizers.named(optimizer, own), rate, RateSchedule.of(new Constant(), STEPS))
        .withSeed(3)
        .withStored(DType.F32);
  }

  private static TrainedAdapter train(
      OneLayer task, TrainingSettings settings, CheckpointPolicy keeping, RunListener listener) {
    return InterruptibleTask.run(
        sign -> {
          try (TrainingLoop loop =
              new TrainingLoop(SCOPE, task, settings, keeping, listener, sign)) {
            return loop.run("toy");
          }
        });
  }

  private static double[] down(Adapter adapter) {
    return pair(adapter).tensor("lora_down.weight").doubles();
  }

  private static double[] up(Adapter adapter) {
    return pair(adapter).tensor("lora_up.weight").doubles();
  }

  private static Factors pair(Adapter adapter) {
    return adapter.at("toy.only").get(0);
  }

  private static int rank(Adapter adapter) {
    return (int) pair(adapter).tensor("lora_down.weight").shape().size(0);
  }

  /** A direction's row of down with its column of up. */
  private static double[] direction(Adapter adapter, int r) {
    double[] up = up(adapter);
    int rank = rank(adapter);
    double[] all = Arrays.copyOfRange(down(adapter), r * WIDTH, r * WIDTH + 2 * WIDTH);
    for (int o = 0; o < WIDTH; o++) {
      all[WIDTH + o] = up[o * rank + r];
    }
    return all;
  }

  /** Keeps the factors after each step, and what a run tells of changes. */
  private static final class Seen implements RunListener {
    final List<Adapter> adapters = new ArrayList<>();
    final Map<Integer, String> changes = new TreeMap<>();
    final List<Double> rates = new ArrayList<>();

    @Override
    public void step(Step done) {
      rates.add(done.rate());
    }

    @Override
    public void preview(int step, Adapter adapter) {
      adapters.add(adapter);
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
      OneLayer task =
          grows ? OneLayer.of("rank-growth", 48, GROWTH) : OneLayer.of("relora", 12, RELORA);
      String name = grows ? "growth" : "relora";
      CheckpointPolicy keeping = CheckpointPolicy.NOTHING.every(1).previewEvery(1);
      Seen seen = new Seen();
      TrainedAdapter whole =
          train(task, settings(optimizer), keeping.in(folder.resolve(name)), seen);
      assertTrue(seen.changes.size() >= 2, seen.changes.toString());
      requireHeld(seen, grows);
      // Those two find a rate of their own, which takes more steps than these.
      if (!Set.of("prodigy", "adafactor").contains(optimizer)) {
        assertTrue(whole.losses().get(STEPS - 1) < whole.losses().get(0));
      }
      for (int at : List.of(5, 6, 7, 13)) {
        CheckpointPolicy again = keeping.in(folder.resolve(name + at));
        assertThrows(
            TrainingInterrupted.class,
            () -> train(task, settings(optimizer), again, new Heard(at)));
        assertTrue(Thread.interrupted());
        TrainedAdapter resumed =
            train(task, settings(optimizer), again.resume(true), RunListener.NONE);
        assertEquals(whole.adapter().identity(), resumed.adapter().identity(), name + at);
      }
    }
  }

  /** A direction moves in the stages that it is trained in, and in no other. */
  private static void requireHeld(Seen seen, boolean grows) {
    int rank = rank(seen.adapters.get(0));
    int each = rank / 4;
    int stage = 0;
    for (int step = 1; step <= STEPS; step++) {
      int from = grows ? 0 : stage * each;
      int to = (stage + 1) * each;
      // The rate is 0 in the first step after a restart without an elapsed warm-up.
      boolean moves = seen.rates.get(step - 1) > 0;
      for (int r = 0; r < rank; r++) {
        double[] before = direction(seen.adapters.get(step - 1), r);
        double[] after = direction(seen.adapters.get(step), r);
        boolean trained = r >= from && r < to && moves;
        assertEquals(trained, !Arrays.equals(before, after), "step " + step + ", direction " + r);
      }
      stage += seen.changes.containsKey(step) ? 1 : 0;
    }
    double[] last = direction(seen.adapters.get(STEPS), 0);
    assertNotEquals(0, last[WIDTH]);
  }

  private static Map<String, HostTensor> checkpoint(Path folder, int step) {
    Map<String, HostTensor> kept = new TreeMap<>();
    try (Safetensors opened =
        Safetensors.open(
            folder.resolve(String.format(Locale.ROOT, "step-%06d.safetensors", step)))) {
      opened
          .tensors()
          .forEach(
              (name, info) ->
                  kept.put(
                      name, HostTensor.owning(info.dtype(), info.shape(), opened.bytes(name))));
    }
    return kept;
  }

  private static double[] numbers(Map<String, HostTensor> kept, String name) {
    return Objects.requireNonNull(kept.get(name), name).doubles();
  }

  /** Looked at right after a restart: nothing is remembered, or what magnitude pruning left. */
  @ParameterizedTest
  @CsvSource({"full, 0", "magnitude, 116"})
  void optimizerForgetsAtARestart(String reset, int kept) {
    OneLayer task = OneLayer.of("relora", 12, Map.of("restarts", 3, "reset", reset));
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.every(STEPS).in(folder.resolve(reset));
    assertThrows(
        TrainingInterrupted.class, () -> train(task, settings("adamw"), keeping, new Heard(6)));
    assertTrue(Thread.interrupted());
    Map<String, HostTensor> state = checkpoint(folder.resolve(reset), 6);
    double[] held = numbers(state, "held");
    assertEquals(2 * WIDTH * 12, Arrays.stream(held).filter(h -> h == 0).count());
    for (String moment : List.of("mean", "square")) {
      double[] values = numbers(state, moment);
      int count = 0;
      for (int i = 0; i < values.length; i++) {
        assertTrue(held[i] == 0 || values[i] == 0, moment + " of a held element");
        count += values[i] == 0 ? 0 : 1;
      }
      assertEquals(2 * kept, count, moment);
    }
  }

  /** A target of full rank, of which four directions learn little however long they learn. */
  @Test
  void rankOfTheSumExceedsThatOfALora() {
    TrainingSettings more =
        settings("adamw").withSchedule(RateSchedule.of(new Constant(), 10 * STEPS));
    TrainedAdapter low =
        train(OneLayer.of("lora", 4, Map.of()), more, CheckpointPolicy.NOTHING, RunListener.NONE);
    TrainedAdapter high =
        train(OneLayer.of("relora", 4, RELORA), more, CheckpointPolicy.NOTHING, RunListener.NONE);
    assertEquals(4, effectiveRank(low.adapter()));
    int rank = effectiveRank(high.adapter());
    assertTrue(rank > 12, "rank " + rank);
    double before = low.losses().get(10 * STEPS - 1);
    double after = high.losses().get(10 * STEPS - 1);
    assertTrue(after < 0.95 * before, before + " " + after);
  }

  /** Directions left of the sum by Gram-Schmidt on its rows, above a hundredth of the greatest. */
  private static int effectiveRank(Adapter adapter) {
    int rank = rank(adapter);
    double[] down = down(adapter);
    double[] up = up(adapter);
    double[][] rows = new double[WIDTH][WIDTH];
    for (int o = 0; o < WIDTH; o++) {
      for (int i = 0; i < WIDTH; i++) {
        for (int r = 0; r < rank; r++) {
          rows[o][i] += up[o * rank + r] * down[r * WIDTH + i];
        }
      }
    }
    int found = 0;
    double greatest = 0;
    while (found < WIDTH) {
      int pivot = 0;
      for (int o = 1; o < WIDTH; o++) {
        pivot = dot(rows[o], rows[o]) > dot(rows[pivot], rows[pivot]) ? o : pivot;
      }
      double[] chosen = rows[pivot].clone();
      double size = Math.sqrt(dot(chosen, chosen));
      greatest = Math.max(greatest, size);
      if (size <= 1e-2 * greatest) {
        return found;
      }
      for (double[] row : rows) {
        double share = dot(row, chosen) / (size * size);
        for (int i = 0; i < WIDTH; i++) {
          row[i] -= share * chosen[i];
        }
      }
      found++;
    }
    return found;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  void validationLossDecidesGrowthWhereThereIsOne() {
    OneLayer plain = OneLayer.of("rank-growth", 8, Map.of("patience", 4, "threshold", 0.9));
    OneLayer task = new OneLayer(plain.plan(), plain.weight(), true);
    Seen seen = new Seen();
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.validateEvery(5);
    train(task, settings("adamw"), keeping, seen);
    assertEquals(List.of(5, 10, 15), List.copyOf(seen.changes.keySet()));
    assertTrue(
        seen.changes.values().stream().allMatch(c -> c.contains("validation loss")),
        seen.changes.toString());
  }

  @Test
  void schedulesThatRestartElsewhereAreRefused() {
    AdapterPlan plan = OneLayer.of("relora", 4, RELORA).plan();
    TrainingSettings jumping =
        settings("adamw")
            .withSchedule(RateSchedule.of(new CosineWithRestarts(3), STEPS).warmupSteps(0));
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
        settings("adamw")
            .withSchedule(RateSchedule.of(new CosineWithRestarts(1), STEPS).warmupSteps(7));
    String early =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> warm.requireFits(plan))
                .getMessage());
    assertTrue(early.contains("still warms up"), early);
  }

  @Test
  void whatWouldMoveHeldDirectionsIsRefused() {
    AdapterPlan plan = OneLayer.of("relora", 4, RELORA).plan();
    assertThrows(TensorException.class, () -> settings("schedule_free_adamw").requireFits(plan));
    String norms =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class,
                    () -> settings("adamw").withMaxNorm(1).requireFits(plan))
                .getMessage());
    assertTrue(norms.contains("relora"), norms);
    OneLayer carrying = OneLayer.of("relora", 4, Map.of("reset", "magnitude"));
    String codes =
        String.valueOf(
            assertThrows(
                    TensorException.class,
                    () ->
                        train(
                            carrying,
                            settings("adafactor"),
                            CheckpointPolicy.NOTHING,
                            RunListener.NONE))
                .getMessage());
    assertTrue(codes.contains("reset = full"), codes);
  }

  /** Directions that are held stay near, and the average comes to them. */
  @Test
  void movingAverageEndsAtHeldDirections() {
    OneLayer task = OneLayer.of("relora", 4, Map.of("restarts", 1, "cycle_length", 4));
    TrainingSettings averaging = settings("adamw").withAverage(0.5);
    Seen seen = new Seen();
    train(task, averaging, CheckpointPolicy.NOTHING.previewEvery(1), seen);
    double[] later = direction(seen.adapters.get(STEPS), 0);
    double[] earlier = direction(seen.adapters.get(STEPS - 1), 0);
    for (int i = 0; i < later.length; i++) {
      assertEquals(earlier[i], later[i], 1e-5);
    }
  }
}
