package dev.lora4j.diffusion.sampling;

import dev.lora4j.diffusion.sampling.SchedulerConfig.Sigmas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** The levels of noise that runs visit, from a schedule and a number of steps. */
final class SamplingLevels {
  /** The exponent that Karras et al. (2022, equation 5) found best. */
  private static final double RHO = 7;

  private static final double CUT = 1e-4;

  /** Number of timesteps that distillation to few steps visits. */
  private static final int TAUGHT = 50;

  private SamplingLevels() {}

  /** Levels at whole timesteps, then {@code last}. */
  static List<NoiseLevel> whole(NoiseSchedule schedule, int steps, NoiseLevel last) {
    List<NoiseLevel> levels = new ArrayList<>();
    for (int t : Timesteps.whole(schedule, steps)) {
      levels.add(schedule.level(t));
    }
    levels.add(last);
    return levels;
  }

  /** Levels at timesteps that may have a fraction, as methods of Euler's kind visit them. */
  static List<NoiseLevel> exact(NoiseSchedule schedule, int steps) {
    if (schedule.flow()) {
      return flow(schedule, steps);
    }
    double[] timesteps = Timesteps.exact(schedule, steps);
    double[] sigmas = Arrays.stream(timesteps).map(schedule::sigma).toArray();
    Sigmas law = schedule.config().sigmas();
    if (law != Sigmas.SCHEDULE) {
      sigmas = spread(law, sigmas[0], sigmas[steps - 1], steps);
      timesteps = Arrays.stream(sigmas).map(schedule::timestep).toArray();
    }
    return levels(sigmas, timesteps);
  }

  /** Levels at whole timesteps, as solvers of higher order visit them. */
  static List<NoiseLevel> solver(NoiseSchedule schedule, int steps) {
    if (schedule.flow()) {
      return flow(schedule, steps);
    }
    Sigmas law = schedule.config().sigmas();
    if (law == Sigmas.SCHEDULE) {
      int[] timesteps = Timesteps.withoutLast(schedule, steps);
      double[] sigmas = IntStream.of(timesteps).mapToDouble(schedule::sigma).toArray();
      return levels(sigmas, IntStream.of(timesteps).asDoubleStream().toArray());
    }
    double[] sigmas = spread(law, schedule.sigma(schedule.size() - 1), schedule.sigma(0), steps);
    // The network takes whole timesteps, which diffusers rounds in one schedule. In the other it
    // cuts them, and its rounding in F32 makes of the last timestep of training the one below.
    DoubleUnaryOperator whole =
        law == Sigmas.KARRAS ? Math::rint : t -> Math.floor(Math.max(0, t - CUT));
    return levels(sigmas, Arrays.stream(sigmas).map(schedule::timestep).map(whole).toArray());
  }

  /**
   * Levels at some of the timesteps that distillation visits, then {@code last}.
   *
   * @throws IllegalArgumentException if there are fewer of them than {@code steps}, or for a flow
   */
  static List<NoiseLevel> taught(
      NoiseSchedule schedule, int steps, String sampler, NoiseLevel last) {
    requireNoFlow(schedule, sampler);
    int most = Math.min(TAUGHT, schedule.size());
    if (steps < 1 || steps > most) {
      throw new IllegalArgumentException(
          "The sampler " + sampler + " makes from 1 to " + most + " steps, found " + steps);
    }
    List<NoiseLevel> levels = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int index = most - (int) ((long) i * most / steps);
      levels.add(schedule.level(index * (schedule.size() / most) - 1));
    }
    levels.add(last);
    return levels;
  }

  private static List<NoiseLevel> levels(double[] sigmas, double[] timesteps) {
    List<NoiseLevel> levels = new ArrayList<>();
    for (int i = 0; i < sigmas.length; i++) {
      levels.add(NoiseLevel.ofSigma(sigmas[i], timesteps[i]));
    }
    levels.add(NoiseLevel.CLEAN);
    return levels;
  }

  private static double[] spread(Sigmas law, double most, double least, int steps) {
    double[] sigmas = new double[steps];
    for (int i = 0; i < steps; i++) {
      double share = steps == 1 ? 0 : i / (double) (steps - 1);
      sigmas[i] =
          law == Sigmas.KARRAS
              ? Math.pow(mean(Math.pow(most, 1 / RHO), Math.pow(least, 1 / RHO), share), RHO)
              : Math.exp(mean(Math.log(most), Math.log(least), share));
    }
    return sigmas;
  }

  private static double mean(double from, double to, double share) {
    return from + share * (to - from);
  }

  /** Along straight lines (Lipman et al. 2023), with more steps where there is more noise. */
  private static List<NoiseLevel> flow(NoiseSchedule schedule, int steps) {
    int n = schedule.size();
    FlowLevels how = schedule.config().flow();
    // diffusers shifts the least noise, and then shifts all that lies between once more, unless the
    // shift goes by the size of the picture.
    double least = how.bySize().isPresent() ? 1.0 / n : schedule.shifted(1.0 / n);
    double[] noise = new double[steps];
    for (int i = 0; i < steps; i++) {
      double share = steps == 1 ? 0 : i / (double) (steps - 1);
      noise[i] =
          how.even()
              ? rounded(schedule, (float) mean(1, 1.0 / steps, share))
              : schedule.shifted(mean(1, least, share));
    }
    Sigmas law = schedule.config().sigmas();
    if (law != Sigmas.SCHEDULE) {
      noise = spread(law, noise[0], noise[steps - 1], steps);
    }
    List<NoiseLevel> levels = new ArrayList<>();
    for (double s : noise) {
      // The network is told what diffusers makes of it in F32; at 600, one rounding is 6e-5.
      levels.add(new NoiseLevel(1 - s, s, (float) s * (float) n));
    }
    levels.add(NoiseLevel.CLEAN);
    return levels;
  }

  /** A share of noise after the shift, each step of it rounded to F32 as in diffusers. */
  private static float rounded(NoiseSchedule schedule, float noise) {
    float shift = (float) schedule.config().flowShift();
    return schedule.config().flow().bySize().isPresent()
        ? shift / (shift + (1 / noise - 1))
        : shift * noise / (1 + (shift - 1) * noise);
  }

  /**
   * Refuses a network that goes along straight lines.
   *
   * @throws IllegalArgumentException naming {@code sampler}
   */
  static void requireNoFlow(NoiseSchedule schedule, String sampler) {
    if (schedule.flow()) {
      throw new IllegalArgumentException(
          "The sampler "
              + sampler
              + " is not for networks that predict a flow; take euler, heun, dpmpp-2m or unipc.");
    }
  }
}
