package dev.lora4j.diffusion.train.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import java.util.List;

/** What {@code src/test/golden/objective.py} wrote. */
final class Golden {
  private static final GoldenFile FILE = new GoldenFile("objective");

  private Golden() {}

  static List<String> names(String prefix) {
    return FILE.names(prefix);
  }

  static HostTensor tensor(String name) {
    return FILE.tensor(name);
  }

  static float[] floats(String name) {
    return FILE.floats(name);
  }

  static double[] doubles(String name) {
    return tensor(name).doubles();
  }

  /** Stable Diffusion 1.5's schedule, for a network that predicts something. */
  static NoiseSchedule schedule(Prediction prediction) {
    return new NoiseSchedule(
        new SchedulerConfig(
            1000, Betas.SCALED_LINEAR, 0.00085, 0.012, prediction, Spacing.LEADING, 1, false));
  }

  static void close(float[] expected, float[] actual, double tolerance) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance * (1 + Math.abs(expected[i])), "at " + i);
    }
  }
}
