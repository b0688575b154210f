package dev.lora4j.diffusion.sampling;

import java.util.stream.IntStream;

/** Timesteps of a run of few steps (Lin et al. 2024, table 2), most noise first. */
final class Timesteps {
  private Timesteps() {}

  /** Whole timesteps. */
  static int[] whole(NoiseSchedule schedule, int steps) {
    double[] exact = exact(schedule, steps);
    return IntStream.range(0, steps).map(i -> (int) Math.rint(exact[i])).toArray();
  }

  /** Timesteps that may have a fraction, where spacing is linear. */
  static double[] exact(NoiseSchedule schedule, int steps) {
    int n = check(schedule, steps);
    SchedulerConfig config = schedule.config();
    double[] visited = new double[steps];
    for (int i = 0; i < steps; i++) {
      visited[i] =
          switch (config.spacing()) {
            case LEADING -> Math.min(n - 1, (steps - 1 - i) * (n / steps) + config.stepsOffset());
            case TRAILING -> trailing(n, steps, i);
            case LINSPACE -> (float) ((steps - 1 - i) * (double) (n - 1) / Math.max(1, steps - 1));
          };
    }
    return visited;
  }

  /** Whole timesteps as solvers of higher order visit them, which leave out the last of all. */
  static int[] withoutLast(NoiseSchedule schedule, int steps) {
    int n = check(schedule, steps);
    SchedulerConfig config = schedule.config();
    int[] visited = new int[steps];
    for (int i = 0; i < steps; i++) {
      visited[i] =
          switch (config.spacing()) {
            case LEADING -> Math.min(n - 1, (steps - i) * (n / (steps + 1)) + config.stepsOffset());
            case TRAILING -> trailing(n, steps, i);
            case LINSPACE -> (int) Math.rint((steps - i) * (double) (n - 1) / steps);
          };
    }
    return visited;
  }

  // diffusers rounds n - i * n / steps half to even, which Math.rint does too.
  private static int trailing(int n, int steps, int i) {
    return (int) Math.rint(n - i * (n / (double) steps)) - 1;
  }

  private static int check(NoiseSchedule schedule, int steps) {
    int n = schedule.size();
    if (steps < 1 || steps > n) {
      throw new IllegalArgumentException("steps must be from 1 to " + n + ", found " + steps);
    }
    return n;
  }
}
