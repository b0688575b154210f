package dev.lora4j.diffusion.train.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What sd-scripts' own functions say, which compute in F32 ({@code objective_sd_scripts.py}). */
class SdScriptsObjectiveTest {
  private static final GoldenFile THEIRS = new GoldenFile("objective-sd-scripts");
  private static final int[] TIMESTEPS = ObjectiveFormulasTest.TIMESTEPS;
  private static final int HEIGHT = 12;
  private static final int WIDTH = 20;

  static List<String> weights() {
    return THEIRS.names("weight.");
  }

  @ParameterizedTest
  @MethodSource("weights")
  void weightsOfNoiseLevels(String name) {
    List<String> words = List.of(name.split("\\.", -1));
    WeightSettings weights = ObjectiveFormulasTest.WEIGHTS.get(words.get(1));
    Prediction prediction = Prediction.named(words.get(2));
    Objective objective =
        new Objective(Golden.schedule(prediction), ObjectiveSettings.PLAIN.with(weights));
    float[] expected = THEIRS.floats(name);
    for (int i = 0; i < TIMESTEPS.length; i++) {
      NoiseLevel level = objective.schedule().level(TIMESTEPS[i]);
      double weight = LossWeight.of(weights, prediction, level);
      // Their signal-to-noise ratio is a product of a thousand numbers of F32.
      assertEquals(expected[i], weight, 2e-4 * expected[i] + 1e-9, name + " " + TIMESTEPS[i]);
    }
  }

  @ParameterizedTest
  @EnumSource(HuberSchedule.class)
  void thresholds(HuberSchedule law) {
    float[] expected = THEIRS.floats("huber." + law.name().toLowerCase(Locale.ROOT));
    for (Loss loss : List.of(new Huber(0.1, law, 0.5), new SmoothL1(0.1, law, 0.5))) {
      assertArrayEquals(expected, thresholds(loss), 2e-6f);
    }
  }

  private static float[] thresholds(Loss loss) {
    float[] found = new float[TIMESTEPS.length];
    for (int i = 0; i < found.length; i++) {
      NoiseLevel level = Golden.schedule(Prediction.EPSILON).level(TIMESTEPS[i]);
      found[i] = (float) loss.threshold(level, 1000);
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(strings = {"l2", "l1", "huber", "smooth_l1"})
  void losses(String name) {
    Loss loss =
        switch (name) {
          case "huber" -> new Huber(0.1, HuberSchedule.EXPONENTIAL, 0.5);
          case "smooth_l1" -> new SmoothL1(0.1, HuberSchedule.EXPONENTIAL, 0.5);
          default -> Losses.named(name, Map.of());
        };
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("losses")) {
      Graph graph = new Graph();
      HostTensor target = THEIRS.tensor("target");
      Expr difference =
          graph
              .input("predicted", DType.F32, target.shape())
              .sub(graph.input("target", DType.F32, target.shape()));
      Expr threshold = graph.input("threshold", DType.F32, Shape.of(TIMESTEPS.length, 1, 1, 1));
      Optional<Expr> used = loss.thresholded() ? Optional.of(threshold) : Optional.empty();
      Expr each = loss.elements(difference, used).mean(1, 2, 3);
      Program program = graph.inference(scope, List.of(each.add(threshold.sum().mul(0))));
      float[] found =
          program
              .run(
                  scope,
                  THEIRS.tensor("predicted").on(scope),
                  target.on(scope),
                  Tensor.of(
                      scope,
                      Shape.of(TIMESTEPS.length, 1, 1, 1),
                      loss.thresholded() ? thresholds(loss) : new float[TIMESTEPS.length]))
              .get(0)
              .floats();
      assertArrayEquals(THEIRS.floats("loss." + name), found, 2e-6f);
    }
  }

  @ParameterizedTest
  @CsvSource({"plain, 0", "adaptive, 0.05", "clamped, -0.2"})
  void offsetNoise(String name, double adaptive) {
    float[] noise = THEIRS.floats("noise");
    float[] numbers = THEIRS.floats("offset." + name + ".numbers");
    OffsetNoise.add(noise, THEIRS.floats("latents"), 0.1, adaptive, numbers);
    Golden.close(THEIRS.floats("offset." + name), noise, 1e-6);
  }

  /** Sizes, discounts and the end where a side has one element left. */
  @ParameterizedTest
  @CsvSource({"0, 2", "1, 6"})
  void noiseOfSeveralResolutions(int n, int iterations) {
    String prefix = "pyramid." + n + ".";
    double[] uniform = THEIRS.tensor(prefix + "uniform").doubles();
    AtomicInteger drawn = new AtomicInteger();
    AtomicInteger level = new AtomicInteger();
    float[] noise = THEIRS.floats("noise");
    PyramidNoise.apply(
        noise,
        4,
        HEIGHT,
        WIDTH,
        new NoiseSettings(0, false, 0, iterations, 0.4, 0, false),
        () -> uniform[drawn.getAndIncrement()],
        count -> {
          float[] values = THEIRS.floats(prefix + "level" + level.getAndIncrement());
          assertEquals(values.length, count, "size of the resolution");
          return Arrays.copyOf(values, count);
        });
    assertEquals(uniform.length, drawn.get());
    assertEquals(n == 1, drawn.get() < iterations, "ends where a side has one element left");
    Golden.close(THEIRS.floats(prefix + "result"), noise, 5e-6);
  }
}
