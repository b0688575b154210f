package dev.lora4j.diffusion.train.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.TimestepSettings.Sampling;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What chance decides for a sample, and what it depends on. */
class ObjectiveDrawTest {
  private static final Shape SHAPE = Shape.of(2, 8, 8);
  private static final LatentSample SAMPLE = LatentSample.of(SHAPE, new float[128]);
  private static final long SEED = 5;

  private static Objective of(ObjectiveSettings settings) {
    return new Objective(Golden.schedule(Prediction.EPSILON), settings);
  }

  private static double[] timesteps(Objective objective, int batch, int batches) {
    return IntStream.range(0, batch * batches)
        .mapToDouble(i -> objective.draw(SEED, i, i % batch, batch, SAMPLE).level().timestep())
        .toArray();
  }

  @Test
  void stratifiedTimestepsCoverEachPartOfTheRange() {
    TimestepSettings range = TimestepSettings.STRATIFIED.withRange(200, 600);
    double[] drawn = timesteps(of(ObjectiveSettings.DEFAULT.with(range)), 8, 50);
    for (int i = 0; i < drawn.length; i++) {
      int part = i % 8;
      assertTrue(drawn[i] >= 200 + 50 * part && drawn[i] < 250 + 50 * part, "" + drawn[i]);
    }
  }

  @Test
  void independentTimestepsFillTheRangeAlike() {
    TimestepSettings range = TimestepSettings.INDEPENDENT.withRange(200, 600);
    double[] drawn = timesteps(of(ObjectiveSettings.DEFAULT.with(range)), 8, 500);
    assertTrue(Arrays.stream(drawn).allMatch(t -> t >= 200 && t < 600));
    // The mean of 4,000 uniform numbers is within five deviations of 115 / sqrt(4000).
    assertEquals(399.5, Arrays.stream(drawn).average().orElseThrow(), 9.2);
    long first = IntStream.range(0, drawn.length).filter(i -> i % 8 == 0 && drawn[i] > 250).count();
    assertTrue(first > 300, "place 0 of a batch has all timesteps, and " + first + " above 250");
  }

  @ParameterizedTest
  @EnumSource(Sampling.class)
  void everyTimestepDistributionStaysInTheRange(Sampling sampling) {
    for (Prediction prediction : Prediction.values()) {
      TimestepSettings range =
          TimestepSettings.STRATIFIED.withRange(100, 101).withSampling(sampling);
      Objective objective =
          new Objective(Golden.schedule(prediction), ObjectiveSettings.DEFAULT.with(range));
      for (double timestep : timesteps(objective, 4, 5)) {
        assertTrue(timestep >= 100 && timestep <= 101, prediction + " " + timestep);
      }
    }
  }

  @Test
  void aDrawDependsOnSeedAndNumberAlone() {
    Objective objective = of(ObjectiveSettings.PLAIN);
    SampleDraw one = objective.draw(SEED, 3, 0, 4, SAMPLE);
    SampleDraw again = objective.draw(SEED, 3, 2, 8, SAMPLE);
    assertEquals(one.level(), again.level());
    assertArrayEquals(one.noise(), again.noise());
    assertNotEquals(one.level(), objective.draw(SEED, 4, 0, 4, SAMPLE).level());
    assertFalse(Arrays.equals(one.noise(), objective.draw(6, 3, 0, 4, SAMPLE).noise()));
  }

  @Test
  void anOptionChangesNothingOfTheOthers() {
    float[] plain = of(ObjectiveSettings.PLAIN).draw(SEED, 3, 0, 4, SAMPLE).noise();
    NoiseSettings both = NoiseSettings.offset(0.1).withInputPerturbation(0.2);
    SampleDraw draw = of(ObjectiveSettings.PLAIN.with(both)).draw(SEED, 3, 0, 4, SAMPLE);
    double[] shift = new double[128];
    for (int i = 0; i < 128; i++) {
      shift[i] = draw.noise()[i] - plain[i];
      assertEquals(shift[i / 64 * 64], shift[i], 1e-6, "constant over a channel");
      assertNotEquals(draw.noise()[i], draw.inputNoise()[i]);
    }
    assertNotEquals(shift[0], shift[64], 1e-3);
    SampleDraw unperturbed =
        of(ObjectiveSettings.PLAIN.with(NoiseSettings.offset(0.1))).draw(SEED, 3, 0, 4, SAMPLE);
    assertArrayEquals(unperturbed.noise(), draw.noise());
    assertEquals(unperturbed.noise(), unperturbed.inputNoise());
  }

  @Test
  void randomStrengthsAreBelowTheWhole() {
    NoiseSettings fixed = NoiseSettings.offset(0.5).withInputPerturbation(0.5);
    NoiseSettings random = new NoiseSettings(0.5, true, 0, 0, 0.3, 0.5, true);
    double[] shares = new double[2];
    for (int i = 0; i < 200; i++) {
      float[] plain = of(ObjectiveSettings.PLAIN).draw(SEED, i, 0, 1, SAMPLE).noise();
      SampleDraw whole = of(ObjectiveSettings.PLAIN.with(fixed)).draw(SEED, i, 0, 1, SAMPLE);
      SampleDraw some = of(ObjectiveSettings.PLAIN.with(random)).draw(SEED, i, 0, 1, SAMPLE);
      shares[0] += deviation(some.noise(), plain) / deviation(whole.noise(), plain) / 200;
      shares[1] +=
          deviation(some.inputNoise(), some.noise())
              / deviation(whole.inputNoise(), whole.noise())
              / 200;
    }
    assertEquals(0.5, shares[1], 0.1);
    assertTrue(shares[0] > 0.2 && shares[0] < 2, "" + shares[0]);
  }

  private static double deviation(float[] a, float[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += Math.pow(a[i] - b[i], 2);
    }
    return Math.sqrt(squares);
  }

  @Test
  void multiresolutionNoiseIsSmootherWithUnitVariance() {
    NoiseSettings pyramid = NoiseSettings.multires(6, 0.6);
    double plain = 0;
    double smooth = 0;
    for (int i = 0; i < 50; i++) {
      plain += roughness(of(ObjectiveSettings.PLAIN).draw(SEED, i, 0, 1, SAMPLE).noise());
      float[] noise = of(ObjectiveSettings.PLAIN.with(pyramid)).draw(SEED, i, 0, 1, SAMPLE).noise();
      smooth += roughness(noise);
      double mean = IntStream.range(0, 128).mapToDouble(j -> noise[j]).average().orElseThrow();
      double squares = IntStream.range(0, 128).mapToDouble(j -> Math.pow(noise[j] - mean, 2)).sum();
      assertEquals(1, squares / 127, 1e-4);
    }
    assertTrue(smooth < 0.9 * plain, smooth + " of " + plain);
  }

  private static double roughness(float[] noise) {
    return IntStream.range(0, 127)
        .filter(i -> i % 8 != 7)
        .mapToDouble(i -> Math.pow(noise[i + 1] - noise[i], 2))
        .sum();
  }

  @Test
  void regularisationPicturesHaveThePriorLossWeight() {
    ObjectiveSettings settings =
        ObjectiveSettings.DEFAULT.with(WeightSettings.minSnr(5).withPriorLoss(0.25));
    LatentSample regular = new LatentSample(SHAPE, new float[128], true, Optional.empty());
    double of = of(settings).draw(SEED, 1, 0, 1, SAMPLE).weight();
    assertEquals(0.25 * of, of(settings).draw(SEED, 1, 0, 1, regular).weight(), 1e-15);
  }
}
