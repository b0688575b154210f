package dev.lora4j.diffusion.sampling;

import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;

/** Noise schedule: the signal that is left at each timestep of training. */
public final class NoiseSchedule {
  private static final double MAX_BETA = 0.999;
  private static final double COSINE_OFFSET = 0.008;

  /** Smallest alpha where noise is divided by signal, as in diffusers. */
  private static final double ALMOST_NOTHING = 0x1p-24;

  private final SchedulerConfig config;
  private final double[] alphasCumprod;

  /** The schedule that a configuration describes. */
  public NoiseSchedule(SchedulerConfig config) {
    this.config = config;
    int n = config.numTrainTimesteps();
    alphasCumprod = new double[n];
    if (flow()) {
      for (int t = 0; t < n; t++) {
        double signal = 1 - shifted((t + 1) / (double) n);
        alphasCumprod[t] = signal * signal;
      }
      return;
    }
    double product = 1;
    for (int t = 0; t < n; t++) {
      product *= 1 - beta(t, n);
      alphasCumprod[t] = product;
    }
    if (config.zeroTerminalSnr()) {
      rescale();
    }
  }

  private double beta(int t, int n) {
    if (!config.trainedBetas().isEmpty()) {
      return config.trainedBetas().get(t);
    }
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

  /**
   * The schedule for latents of this size, which is itself unless its shift goes by their size.
   *
   * @param steps number of steps that a picture is made in
   */
  public NoiseSchedule sized(long height, long width, int steps) {
    SchedulerConfig sized = config.sized(height, width, steps);
    return sized.equals(config) ? this : new NoiseSchedule(sized);
  }

  /** A share of noise along the straight lines of a flow, with the configuration's shift. */
  double shifted(double noise) {
    return config.flowShift() * noise / (1 + (config.flowShift() - 1) * noise);
  }

  /** The last timestep becomes nothing but noise (Lin et al. 2024, algorithm 1). */
  private void rescale() {
    int n = alphasCumprod.length;
    double first = Math.sqrt(alphasCumprod[0]);
    double last = Math.sqrt(alphasCumprod[n - 1]);
    for (int t = 0; t < n; t++) {
      double root = (Math.sqrt(alphasCumprod[t]) - last) * first / (first - last);
      alphasCumprod[t] = root * root;
    }
  }

  /** The configuration. */
  public SchedulerConfig config() {
    return config;
  }

  /** True for a flow: the network goes from noise to pictures along straight lines. */
  public boolean flow() {
    return config.prediction() == Prediction.FLOW;
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
    NoiseLevel level = level(t);
    return level.signal() * level.signal() / (level.noise() * level.noise());
  }

  /** The level of timestep {@code t}. */
  public NoiseLevel level(int t) {
    double signal = Math.sqrt(alphasCumprod[t]);
    return new NoiseLevel(signal, flow() ? 1 - signal : Math.sqrt(1 - alphasCumprod[t]), t);
  }

  /** Noise per signal at timestep {@code t}, as standard deviations; always finite. */
  public double sigma(int t) {
    double alpha = Math.max(alphasCumprod[t], ALMOST_NOTHING);
    return Math.sqrt((1 - alpha) / alpha);
  }

  /** Noise per signal between two timesteps, on the straight line between theirs. */
  double sigma(double t) {
    int below = (int) Math.min(Math.max(t, 0), size() - 1);
    int above = Math.min(below + 1, size() - 1);
    double share = Math.min(Math.max(t, 0), size() - 1) - below;
    return sigma(below) + share * (sigma(above) - sigma(below));
  }

  /** The timestep with {@code sigma}, interpolated between the logarithms of the timesteps'. */
  double timestep(double sigma) {
    int low = 0;
    for (int t = 0; t < size() && sigma(t) <= sigma; t++) {
      low = t;
    }
    low = Math.min(low, Math.max(0, size() - 2));
    int high = Math.min(low + 1, size() - 1);
    double from = Math.log(sigma(low));
    double to = Math.log(sigma(high));
    double share = from == to ? 0 : (from - Math.log(Math.max(sigma, 1e-10))) / (from - to);
    return low + Math.min(Math.max(share, 0), 1) * (high - low);
  }
}
