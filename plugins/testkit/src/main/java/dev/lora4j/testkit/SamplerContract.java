package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.SamplingRun;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Contract of {@link Sampler}, on a network that is a formula. */
public abstract class SamplerContract extends ExtensionContract<Sampler> {
  private static final int VALUES = 48;

  /** Tests a sampler on the class path, see {@link ExtensionContract}. */
  protected SamplerContract(String request) {
    super(Sampler.class, request);
  }

  /** Prediction type of the network; one that the sampler can be used with. */
  protected Prediction prediction() {
    return Prediction.EPSILON;
  }

  /** A number of steps that the sampler can make, at least 3. */
  protected int steps() {
    return 12;
  }

  private NoiseSchedule schedule() {
    return new NoiseSchedule(
        new SchedulerConfig(
            1000, Betas.SCALED_LINEAR, 0.00085, 0.012, prediction(), Spacing.LEADING, 1, false));
  }

  private List<NoiseLevel> levels() {
    return extension().levels(schedule(), steps());
  }

  @Test
  void levelsFallFromNoiseToThePicture() {
    requireFalling(levels(), steps());
    for (int steps : new int[] {1, 2, 5, 50}) {
      try {
        requireFalling(extension().levels(schedule(), steps), steps);
      } catch (IllegalArgumentException e) {
        assertFalse(
            String.valueOf(e.getMessage()).isBlank(),
            steps + " steps are refused without a reason");
      }
    }
  }

  private static void requireFalling(List<NoiseLevel> levels, int steps) {
    assertEquals(steps + 1, levels.size(), "levels of " + steps + " steps");
    for (int i = 0; i < steps; i++) {
      assertTrue(
          levels.get(i + 1).sigma() < levels.get(i).sigma(),
          steps + " steps: noise does not fall from step " + i);
    }
  }

  @Test
  void aNetworkThatKnowsThePictureIsFollowed() {
    float[] picture = numbers(3);
    Sampler sampler = extension();
    float[] last = sample(sampler, 5, (x, level, step) -> picture.clone(), new ArrayList<>());
    NoiseLevel end = levels().get(steps());
    for (int i = 0; i < VALUES; i++) {
      // What noise the last level has left is small.
      assertEquals(picture[i] * end.signal(), last[i], 1e-3 + 4 * end.noise(), "value " + i);
    }
  }

  @Test
  void theSameRunGivesTheSameBits() throws Exception {
    Sampler sampler = extension();
    ManyThreads.agree(() -> Arrays.hashCode(sample(sampler, 7, formula(), new ArrayList<>())));
  }

  @Test
  void stepsAreReportedOnceAndLatentsReplaceable() {
    List<Integer> told = new ArrayList<>();
    sample(extension(), 7, formula(), told);
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < steps(); i++) {
      expected.add(i);
    }
    assertEquals(expected, told);
    Sampler sampler = extension();
    float[] zeros = new float[VALUES];
    List<NoiseLevel> levels = levels();
    float[] last =
        sampler.sample(
            new SamplingRun(
                schedule(),
                levels,
                0,
                formula(),
                () -> numbers(1),
                (step, x) -> step == steps() - 1 ? zeros.clone() : x),
            numbers(7));
    assertArrayEquals(zeros, last);
  }

  @Test
  void initialLatentsAreLeftUnchanged() {
    float[] start = numbers(7);
    float[] before = start.clone();
    Sampler sampler = extension();
    sampler.sample(
        new SamplingRun(schedule(), levels(), 0, formula(), () -> numbers(1), (step, x) -> x),
        start);
    assertArrayEquals(before, start);
  }

  private float[] sample(
      Sampler sampler, int seed, SamplingRun.Denoiser denoiser, List<Integer> told) {
    List<NoiseLevel> levels = levels();
    float[] x = numbers(seed);
    double start = sampler.start(schedule(), levels);
    for (int i = 0; i < VALUES; i++) {
      x[i] = (float) (x[i] * start);
    }
    SplittableRandom noise = new SplittableRandom(seed);
    return sampler.sample(
        new SamplingRun(
            schedule(),
            levels,
            0,
            denoiser,
            () -> numbers(noise.nextInt()),
            (step, latents) -> {
              told.add(step);
              return latents;
            }),
        x);
  }

  private static SamplingRun.Denoiser formula() {
    return (x, level, step) -> {
      float[] picture = new float[VALUES];
      for (int i = 0; i < VALUES; i++) {
        picture[i] = (float) (0.4 * Math.sin(2 * x[i] + level.timestep() / 300) + 0.2 * x[i]);
      }
      return picture;
    };
  }

  private static float[] numbers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] all = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      all[i] = (float) (random.nextDouble() + random.nextDouble() - 1) * 2;
    }
    return all;
  }
}
