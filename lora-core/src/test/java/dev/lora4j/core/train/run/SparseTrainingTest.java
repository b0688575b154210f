package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.nio.file.Path;
import java.util.List;
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

/** Sparse LoRA in training, with every optimizer, on a layer whose moments are codes in 8 bits. */
class SparseTrainingTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("sparse");
  private static final int WIDTH = 96;
  private static final int RANK = 48;
  private static final int STEPS = 30;
  private static final int KEPT = WIDTH * RANK / 10;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  /** A layer of zeros that is to become a matrix of few numbers. */
  private record OneLayer(AdapterPlan plan, Tensor weight) implements TrainingTask {
    static OneLayer of(Map<String, Object> settings) {
      Shape square = Shape.of(WIDTH, WIDTH);
      AdapterPlan plan =
          AdapterRecipe.DEFAULT
              .method(TrainableMethods.named("sparse-lora", settings))
              .targets(TargetLayers.matching("toy.*"))
              .rank(RANK, RANK)
              .plan(List.of(Site.linear("toy.only", square, false)));
      return new OneLayer(plan, Tensor.of(SCOPE, square, new float[WIDTH * WIDTH]));
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
      return LongStream.range(first, first + count).<TrainingBatch>mapToObj(Rows::new).toList();
    }

    @Override
    public String items() {
      return "lines";
    }

    @Override
    public Map<String, String> metadata(int steps) {
      return Map.of();
    }
  }

  /** Rows whose first eight numbers are to be turned round. */
  private record Rows(long number) implements TrainingBatch {
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
        target[i] = column < 8 ? x[i - column + 7 - column] : 0;
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

  private TrainedAdapter train(
      OneLayer task, TrainingSettings settings, CheckpointPolicy keeping, RunListener listener) {
    return InterruptibleTask.run(
        sign -> {
          try (TrainingLoop loop =
              new TrainingLoop(SCOPE, task, settings, keeping, listener, sign)) {
            return loop.run("toy");
          }
        });
  }

  private static Map<String, Integer> nonZeros(Adapter adapter) {
    Map<String, Integer> counts = new TreeMap<>();
    Factors pair = adapter.at("toy.only").get(0);
    pair.tensors().forEach((role, t) -> counts.put(role, count(t.doubles())));
    return counts;
  }

  private static int count(double[] values) {
    int count = 0;
    for (double value : values) {
      count += value == 0 ? 0 : 1;
    }
    return count;
  }

  @ParameterizedTest
  @CsvSource({
    "adamw, ramp",
    "adamw, rigl",
    "adamw8bit, ramp",
    "adamw8bit, rigl",
    "lion, rigl",
    "lion8bit, rigl",
    "prodigy, ramp",
    "prodigy, rigl",
    "adafactor, rigl",
    "schedule_free_adamw, ramp",
    "schedule_free_adamw, rigl",
    "adamw, after",
    "schedule_free_adamw, after"
  })
  void everyOptimizerKeepsZerosAndRunsResumeToTheSameBits(String optimizer, String schedule) {
    OneLayer task = OneLayer.of(Map.of("schedule", schedule, "delta_t", 4));
    TrainingSettings settings = settings(optimizer);
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.every(1).previewEvery(1);
    TrainedAdapter whole =
        train(task, settings, keeping.in(folder.resolve("whole")), RunListener.NONE);
    nonZeros(whole.adapter()).forEach((role, n) -> assertTrue(n <= KEPT, role + " has " + n));
    assertTrue(nonZeros(whole.adapter()).getOrDefault("lora_up.weight", 0) > 0);
    // Those two find a rate of their own, which takes more steps than these.
    if (!Set.of("prodigy", "adafactor").contains(optimizer)) {
      double last = whole.losses().get(STEPS - 1);
      assertTrue(last < 0.8 * whole.losses().get(0), whole.losses().toString());
    }
    CheckpointPolicy again = keeping.in(folder.resolve("again"));
    assertThrows(TrainingInterrupted.class, () -> train(task, settings, again, new Heard(13)));
    assertTrue(Thread.interrupted());
    TrainedAdapter resumed = train(task, settings, again.resume(true), RunListener.NONE);
    assertEquals(whole.adapter().identity(), resumed.adapter().identity());
    if (!schedule.equals("after")) {
      requireForgotten(whole.adapter());
    }
  }

  private static Map<String, HostTensor> checkpoint(Path folder, int step) {
    Map<String, HostTensor> kept = new TreeMap<>();
    try (Safetensors opened =
        Safetensors.open(folder.resolve("step-0000" + step + ".safetensors"))) {
      opened
          .tensors()
          .forEach(
              (name, info) ->
                  kept.put(
                      name, HostTensor.owning(info.dtype(), info.shape(), opened.bytes(name))));
    }
    return kept;
  }

  /** Elements that the last checkpoint masks are 0 in all that it remembers of single elements. */
  private void requireForgotten(Adapter adapter) {
    Map<String, HostTensor> kept = checkpoint(folder.resolve("whole"), STEPS);
    double[] masked = numbers(kept, "masked");
    int elements = 2 * WIDTH * RANK;
    assertEquals(elements, masked.length);
    assertEquals(2 * KEPT, elements - count(masked));
    kept.forEach(
        (name, tensor) -> {
          double[] values = tensor.doubles();
          boolean other = name.startsWith("masked") || name.endsWith("_codes");
          for (int i = 0; i < elements && !other && values.length == elements; i++) {
            assertTrue(masked[i] == 0 || values[i] == 0, name + " " + i + " is " + values[i]);
          }
        });
    if (!kept.containsKey("fast")) {
      int stored = nonZeros(adapter).values().stream().mapToInt(n -> n).sum();
      assertEquals(count(numbers(kept, "weights")), stored);
    }
  }

  private static double[] numbers(Map<String, HostTensor> kept, String name) {
    return Objects.requireNonNull(kept.get(name), name).doubles();
  }

  /** Codes of bitsandbytes have no exact 0 in a step, so it is looked at right after the choice. */
  @ParameterizedTest
  @CsvSource({"adamw, mean, square, 0", "adamw8bit, mean_codes, square_codes, 127"})
  void whatGrowsBeginsWithoutMemory(String optimizer, String mean, String square, int zero) {
    OneLayer task = OneLayer.of(Map.of("schedule", "rigl", "delta_t", 10));
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.every(STEPS).in(folder.resolve("grown"));
    assertThrows(
        TrainingInterrupted.class, () -> train(task, settings(optimizer), keeping, new Heard(10)));
    assertTrue(Thread.interrupted());
    Map<String, HostTensor> kept = checkpoint(folder.resolve("grown"), 10);
    double[] masked = numbers(kept, "masked");
    double[] weights = numbers(kept, "weights");
    int grown = 0;
    for (int i = 0; i < WIDTH * RANK; i++) {
      if (masked[i] == 0 && weights[i] == 0) {
        assertEquals(zero, numbers(kept, mean)[i]);
        assertEquals(0, numbers(kept, square)[i]);
        grown++;
      }
    }
    assertEquals((int) (0.15 * (1 + Math.cos(Math.PI * 10 / 22)) * KEPT), grown);
  }

  /** Every adapter on the way has the density, and from the second step on all that is trained. */
  @Test
  void riglIsSparseFromTheBeginning() {
    OneLayer task = OneLayer.of(Map.of("schedule", "rigl", "delta_t", 4));
    Map<Integer, Map<String, Integer>> seen = new TreeMap<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void step(Step done) {}

          @Override
          public void preview(int step, Adapter adapter) {
            seen.put(step, nonZeros(adapter));
          }
        };
    train(task, settings("adamw"), CheckpointPolicy.NOTHING.previewEvery(1), listener);
    assertEquals(STEPS + 1, seen.size());
    seen.forEach(
        (step, counts) ->
            counts.forEach((role, n) -> assertTrue(n <= KEPT, step + " " + role + " " + n)));
    assertEquals(KEPT, seen.getOrDefault(3, Map.of()).get("lora_down.weight"));
  }

  @Test
  void averagesStaySparseToo() {
    OneLayer task = OneLayer.of(Map.of("schedule", "rigl", "delta_t", 4));
    TrainedAdapter trained =
        train(
            task,
            settings("adamw").withAverage(0.9),
            CheckpointPolicy.NOTHING.in(folder.resolve("average")).every(STEPS),
            RunListener.NONE);
    nonZeros(trained.adapter()).forEach((role, n) -> assertTrue(n <= KEPT, role + " has " + n));
    double[] average = numbers(checkpoint(folder.resolve("average"), STEPS), "average");
    assertTrue(count(average) <= 2 * KEPT, "the average has " + count(average));
  }
}
