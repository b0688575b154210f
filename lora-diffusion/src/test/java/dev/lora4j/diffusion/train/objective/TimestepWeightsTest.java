package dev.lora4j.diffusion.train.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.TimestepSettings.Bias;
import dev.lora4j.diffusion.train.objective.TimestepSettings.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights by timestep, and draws that prefer one end of a distribution. */
class TimestepWeightsTest {
  private static final LatentSample SAMPLE =
      new LatentSample(Shape.of(4, 2, 2), new float[16], false, Optional.empty());

  private static double weight(Prediction prediction, WeightSettings weights, NoiseLevel level) {
    float[] noise = new float[16];
    return new Objective(Golden.schedule(prediction), ObjectiveSettings.PLAIN.with(weights))
        .drawn(SAMPLE, level, noise, noise)
        .weight();
  }

  /** The table of a thousand numbers is for the timesteps 1000 to 1, one each. */
  @Test
  void numbersOfAFlowAreThoseOfItsTimesteps() {
    List<Double> table = DoubleStream.iterate(1, x -> x + 1).limit(1000).boxed().toList();
    WeightSettings weights = WeightSettings.EQUAL.withTimesteps(new TimestepWeights(table));
    for (int i = 0; i < 1000; i++) {
      double timestep = 1000 - i;
      NoiseLevel level = new NoiseLevel(1 - timestep / 1000, timestep / 1000, timestep);
      assertEquals(i + 1, weight(Prediction.FLOW, weights, level), 1e-9);
    }
    NoiseLevel between = new NoiseLevel(0.25, 0.75, 750.5);
    assertEquals(250.5, weight(Prediction.FLOW, weights, between), 1e-9);
  }

  @Test
  void theFirstNumberIsForTheMostNoise() {
    TimestepWeights line = new TimestepWeights(List.of(3.0, 1.0));
    WeightSettings weights = WeightSettings.EQUAL.withTimesteps(line);
    Objective objective =
        new Objective(Golden.schedule(Prediction.EPSILON), ObjectiveSettings.PLAIN.with(weights));
    assertEquals(3, weight(Prediction.EPSILON, weights, objective.schedule().level(999)), 1e-12);
    assertEquals(1, weight(Prediction.EPSILON, weights, objective.schedule().level(0)), 1e-12);
    assertEquals(2, line.at(0.5));
    assertEquals(1, line.at(7));
  }

  @Test
  void weightsMultiplyTheOthers() {
    NoiseLevel level = new NoiseLevel(0.5, 0.5, 500.5);
    WeightSettings squared =
        new WeightSettings(
            0, false, false, 0, WeightSettings.FlowWeighting.SIGMA_SQUARED, 1, false);
    WeightSettings both = squared.withTimesteps(new TimestepWeights(List.of(4.0, 2.0)));
    assertEquals(0.25 * 3, weight(Prediction.FLOW, both, level), 1e-12);
    assertEquals(2, both.withPriorLoss(2).priorLoss());
    assertEquals(both.timesteps(), both.withPriorLoss(2).timesteps());
  }

  /** A run with other weights is another run. */
  @Test
  void weightsAreOfTheIdentity() {
    String equal = WeightSettings.EQUAL.canonical();
    WeightSettings other =
        WeightSettings.EQUAL.withTimesteps(new TimestepWeights(List.of(1.0, 2.0)));
    assertNotEquals(equal, other.canonical());
    assertEquals(equal, other.withTimesteps(TimestepWeights.EQUAL).canonical());
    assertNotEquals(
        TimestepSettings.STRATIFIED.canonical(),
        TimestepSettings.STRATIFIED.withBias(Bias.LOW_NOISE).canonical());
  }

  @ParameterizedTest
  @CsvSource({"1, has one number", "1 -1, below 0", "0 0, is 0 everywhere", "1 NaN, not finite"})
  void wrongNumbersAreRefused(String numbers, String told) {
    List<Double> values = List.of(numbers.split(" ", -1)).stream().map(Double::valueOf).toList();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new TimestepWeights(values));
    assertTrue(String.valueOf(e.getMessage()).contains(told), e.getMessage());
  }

  /** A share u^3 of the draws lies below u^3 for little noise, and above 1 - u^3 for much. */
  @ParameterizedTest
  @EnumSource(Sampling.class)
  void biasTakesTheCubeOfTheDraw(Sampling sampling) {
    TimestepSettings plain = TimestepSettings.INDEPENDENT.withSampling(sampling);
    Shape shape = Shape.of(16, 64, 64);
    boolean falls = sampling == Sampling.MODE;
    for (double u : new double[] {0.1, 0.5, 0.8}) {
      double low = falls ? 1 - u * u * u : u * u * u;
      double high = falls ? u * u * u : 1 - u * u * u;
      double drawn = falls ? 1 - u : u;
      assertEquals(
          law(plain).share(low, shape),
          law(plain.withBias(Bias.LOW_NOISE)).share(drawn, shape),
          1e-12);
      assertEquals(
          law(plain).share(high, shape),
          law(plain.withBias(Bias.HIGH_NOISE)).share(1 - drawn, shape),
          1e-12);
    }
  }

  private static TimestepDistribution law(TimestepSettings settings) {
    return new TimestepDistribution(settings, Golden.schedule(Prediction.FLOW));
  }

  /** The shift is that of the size, exp(mu), of even draws: s u / (1 + (s - 1) u). */
  @ParameterizedTest
  @CsvSource({"64, 64, 1.87761", "128, 128, 3.15819"})
  void evenDrawsMoveByTheSize(int height, int width, double shift) {
    TimestepSettings settings =
        TimestepSettings.INDEPENDENT.withSampling(Sampling.UNIFORM_SIZE_SHIFT);
    double share = law(settings).share(0.25, Shape.of(16, height, width));
    assertEquals(shift * 0.25 / (1 + (shift - 1) * 0.25), share, 1e-6);
  }
}
