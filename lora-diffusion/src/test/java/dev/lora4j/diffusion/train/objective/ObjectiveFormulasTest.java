package dev.lora4j.diffusion.train.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.TimestepSettings.Sampling;
import dev.lora4j.diffusion.train.objective.WeightSettings.FlowWeighting;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each formula on the Java side against {@code src/test/golden/objective.py}. */
class ObjectiveFormulasTest {
  static final int[] TIMESTEPS = {0, 1, 100, 146, 250, 500, 750, 998, 999};
  private static final double[] SHARES = {0.001, 0.1, 0.25, 0.5, 0.75, 1};

  static final Map<String, WeightSettings> WEIGHTS =
      Map.of(
          "min_snr", WeightSettings.minSnr(5),
          "zero_min_snr", new WeightSettings(5, false, false, 0, FlowWeighting.NONE, 1, true),
          "debiased", WeightSettings.debiased(),
          "scale_v", new WeightSettings(0, false, true, 0, FlowWeighting.NONE, 1, false),
          "like_v", new WeightSettings(0, false, false, 0.5, FlowWeighting.NONE, 1, false),
          "min_snr_and_like_v",
              new WeightSettings(5, false, false, 0.5, FlowWeighting.NONE, 1, false),
          "min_snr_and_scale_v",
              new WeightSettings(5, false, true, 0, FlowWeighting.NONE, 1, false));

  static List<String> weights() {
    return Golden.names("weight.");
  }

  @ParameterizedTest
  @MethodSource("weights")
  void weightsOfNoiseLevels(String name) {
    List<String> words = List.of(name.split("\\.", -1));
    WeightSettings weights = WEIGHTS.get(words.get(1));
    Prediction prediction = Prediction.named(words.get(2));
    Objective objective =
        new Objective(Golden.schedule(prediction), ObjectiveSettings.PLAIN.with(weights));
    double[] expected = Golden.doubles(name);
    for (int i = 0; i < TIMESTEPS.length; i++) {
      NoiseLevel level = objective.schedule().level(TIMESTEPS[i]);
      double weight = LossWeight.of(weights, prediction, level);
      assertEquals(expected[i], weight, 1e-9 * Math.abs(expected[i]), name + " " + TIMESTEPS[i]);
    }
  }

  @ParameterizedTest
  @EnumSource(FlowWeighting.class)
  void weightsAlongAFlow(FlowWeighting flow) {
    WeightSettings weights = new WeightSettings(0, false, false, 0, flow, 1, false);
    double[] expected = Golden.doubles("flow.weight." + lower(flow));
    for (int i = 0; i < SHARES.length; i++) {
      NoiseLevel level = new NoiseLevel(1 - SHARES[i], SHARES[i], 1000 * SHARES[i]);
      assertEquals(expected[i], LossWeight.of(weights, Prediction.FLOW, level), 1e-7 * expected[i]);
    }
  }

  @ParameterizedTest
  @EnumSource(HuberSchedule.class)
  void thresholds(HuberSchedule law) {
    Loss loss = new Huber(0.1, law, 1);
    double[] expected = Golden.doubles("huber." + lower(law));
    for (int i = 0; i < TIMESTEPS.length; i++) {
      NoiseLevel level = Golden.schedule(Prediction.EPSILON).level(TIMESTEPS[i]);
      assertEquals(expected[i], loss.threshold(level, 1000), 1e-12);
    }
  }

  @Test
  void normalQuantiles() {
    double[] uniform = Golden.doubles("uniform");
    double[] expected = Golden.doubles("quantile");
    for (int i = 0; i < uniform.length; i++) {
      assertEquals(
          expected[i], NormalQuantile.at(uniform[i]), 1e-8 * Math.abs(expected[i]) + 1e-15);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Sampling.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"UNIFORM", "SIZE_SHIFT", "UNIFORM_SIZE_SHIFT"})
  void timestepDistributionsMatchTheReference(Sampling sampling) {
    double scale = sampling == Sampling.SIGMOID ? 1.3 : 1;
    TimestepSettings settings =
        new TimestepSettings(
            true,
            0,
            OptionalInt.empty(),
            sampling,
            scale,
            OptionalDouble.of(3),
            -0.4,
            0.7,
            1.29,
            1,
            TimestepSettings.Bias.NONE);
    TimestepDistribution law =
        new TimestepDistribution(settings, Golden.schedule(Prediction.EPSILON));
    double[] uniform = Golden.doubles("uniform");
    double[] expected = Golden.doubles("density." + lower(sampling));
    for (int i = 0; i < uniform.length; i++) {
      assertEquals(expected[i], law.share(uniform[i], Shape.of(4, 8, 8)), 1e-9);
    }
  }

  /** By sd-scripts' formula, of an even draw and of one of the distribution sigmoid. */
  @ParameterizedTest
  @CsvSource({"UNIFORM, 0.25, 0.5", "UNIFORM, 0.5, 0.75", "SIGMOID, 0.5, 0.75"})
  void trainingShiftMovesWhatWasDrawn(Sampling sampling, double uniform, double moved) {
    TimestepDistribution law =
        new TimestepDistribution(
            TimestepSettings.INDEPENDENT.withSampling(sampling).withTrainingShift(3),
            Golden.schedule(Prediction.FLOW));
    assertEquals(moved, law.share(uniform, Shape.of(16, 8, 8)), 1e-12);
  }

  /** By sd-scripts' formulas, at the 0.1, 0.5 and 0.9 quantiles of its normal numbers. */
  @ParameterizedTest
  @CsvSource({
    "64, 64, 0.342640, 0.652489, 0.871193",
    "128, 128, 0.467159, 0.759511, 0.919202",
    "96, 160, 0.456390, 0.751507, 0.915924"
  })
  void shiftBySizeMatchesTheReference(
      int height, int width, double low, double middle, double high) {
    TimestepDistribution law =
        new TimestepDistribution(
            TimestepSettings.INDEPENDENT.withSampling(Sampling.SIZE_SHIFT),
            Golden.schedule(Prediction.FLOW));
    Shape latents = Shape.of(16, height, width);
    assertEquals(low, law.share(0.1, latents), 1e-6);
    assertEquals(middle, law.share(0.5, latents), 1e-6);
    assertEquals(high, law.share(0.9, latents), 1e-6);
  }

  @Test
  void offsetNoise() {
    offset("plain", 0);
    offset("adaptive", 0.05);
    offset("clamped", -0.2);
  }

  private static void offset(String name, double adaptive) {
    float[] noise = Golden.floats("offset.noise");
    OffsetNoise.add(
        noise, Golden.floats("offset.latents"), 0.1, adaptive, Golden.floats("offset.numbers"));
    Golden.close(Golden.floats("offset." + name), noise, 1e-6);
  }

  @Test
  void noiseOfSeveralResolutions() {
    float[] noise = Golden.floats("offset.noise");
    for (int i = 0; i < 3; i++) {
      String level = "pyramid.level" + i;
      Shape shape = Golden.tensor(level).shape();
      int h = (int) shape.size(1);
      int w = (int) shape.size(2);
      PyramidNoise.add(noise, 6, 10, Golden.floats(level), h, w, Math.pow(0.4, i));
    }
    PyramidNoise.divideByDeviation(noise);
    Golden.close(Golden.floats("pyramid.result"), noise, 2e-6);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
