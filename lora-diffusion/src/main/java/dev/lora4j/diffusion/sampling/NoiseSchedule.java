package dev.lora4j.diffusion.sampling;

/** How much of a picture is left at each timestep of training. */
public final class NoiseSchedule {
  private static final double MAX_BETA = 0.999;
  private static final double COSINE_OFFSET = 0.008;

  private final SchedulerConfig config;
  private final double[] alphasCumprod;

  /** The schedule that a configuration describes. */
  public NoiseSchedule(SchedulerConfig config) {
    this.config = config;
    int n = config.numTrainTimesteps();
    alphasCumprod = new double[n];
    double product = 1;
    for (int t = 0; t < n; t++) {
      product *= 1 - beta(t, n);
      alphasCumprod[t] = product;
    }
  }

  private double beta(int t, int n) {
    double fraction = n == 1 ? 0 : t / (double) (n - 1);
    return switch (config.betas()) {
      case LINEAR -> config.betaStart() + fraction * (config.betaEnd() - config.betaStart());
      case SCALED_LINEAR -> {
        double start = Math.sqrt(config.betaStart());
        double root = start + fraction * (Math.sqrt(config.betaEnd()) - start);
        yield root * root;
      }
      case SQUAREDCOS_CAP_V2 ->
          Math.min(MAX_BETA, 1 - cosine((t + 1) / (double) n) / cosine(t / (double) n));
    };
  }

  private static double cosine(double fraction) {
    double angle = (fraction + COSINE_OFFSET) / (1 + COSINE_OFFSET) * Math.PI / 2;
    return Math.cos(angle) * Math.cos(angle);
  }

  /** The configuration. */
  public SchedulerConfig config() {
    return config;
  }

  /** Number of timesteps of training. */
  public int size() {
    return alphasCumprod.length;
  }

  /** Share of the picture's variance that is left at timestep {@code t}. */
  public double alphaCumprod(int t) {
    return alphasCumprod[t];
  }

  /** Signal-to-noise ratio at timestep {@code t}. */
  public double snr(int t) {
    return alphasCumprod[t] / (1 - alphasCumprod[t]);
  }

  /** Noise per signal at timestep {@code t}, as standard deviations. */
  public double sigma(int t) {
    return Math.sqrt((1 - alphasCumprod[t]) / alphasCumprod[t]);
  }

  /** The timesteps that a run of {@code steps} steps visits, most noise first. */
  public int[] timesteps(int steps) {
    int n = size();
    if (steps < 1 || steps > n) {
      throw new IllegalArgumentException("steps must be from 1 to " + n + ", found " + steps);
    }
    int[] visited = new int[steps];
    for (int i = 0; i < steps; i++) {
      visited[i] =
          switch (config.spacing()) {
            case LEADING -> Math.min(n - 1, (steps - 1 - i) * (n / steps) + config.stepsOffset());
            // diffusers rounds n - i * n / steps half to even, which Math.rint does too.
            case TRAILING -> (int) Math.rint(n - i * (n / (double) steps)) - 1;
            case LINSPACE ->
                (int) Math.rint((steps - 1 - i) * (n - 1) / (double) Math.max(1, steps - 1));
          };
    }
    return visited;
  }
}
