package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.List;

/**
 * The unified predictor and corrector of second order on the data prediction, with B2 (Zhao et al.
 * 2023, algorithms 5 and 6). Calls the network once a step.
 */
@Extension(point = Sampler.class, name = "unipc", help = "Predicts and corrects, second order")
public final class UniPc implements Sampler {
  private static final int ORDER = 2;

  /**
   * History of a run: outputs of the network one and two steps ago, and the corrected latents of
   * the last step.
   */
  private static final class Past {
    private final float[] last;
    private final float[] beforeLast;
    private final float[] x;
    private final int order;

    Past(float[] last, float[] beforeLast, float[] x, int order) {
      this.last = last;
      this.beforeLast = beforeLast;
      this.x = x;
      this.order = order;
    }
  }

  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    return SamplingLevels.solver(schedule, steps);
  }

  @Override
  public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
    return 1;
  }

  @Override
  public float[] sample(SamplingRun run, float[] x) {
    float[] at = x;
    Past past = new Past(x, x, x, 0);
    for (int step = run.first(); step < run.steps(); step++) {
      float[] denoised = run.denoise(at, step);
      float[] corrected = step == run.first() ? at : correct(run, step, past, denoised);
      int order = Math.min(Math.min(ORDER, run.steps() - step), step - run.first() + 1);
      float[] next = predict(run, step, corrected, denoised, past.last, order);
      past = new Past(denoised, past.last, corrected, order);
      at = run.after().done(step, next);
    }
    return at;
  }

  private static float[] predict(
      SamplingRun run, int step, float[] x, float[] here, float[] before, int order) {
    Step s = new Step(run.level(step), run.level(step + 1));
    float[] next = new float[x.length];
    double share = order == 1 ? 0 : 0.5 / s.place(run.level(step - 1));
    for (int i = 0; i < x.length; i++) {
      double bend = share == 0 ? 0 : share * (before[i] - here[i]);
      next[i] = (float) (s.straight(x[i], here[i]) - s.weight() * bend);
    }
    return next;
  }

  private static float[] correct(SamplingRun run, int step, Past past, float[] here) {
    Step s = new Step(run.level(step - 1), run.level(step));
    double end = 0.5;
    double share = 0;
    if (past.order > 1) {
      double place = s.place(run.level(step - 2));
      double[] rho = s.corrector(place);
      share = rho[0] / place;
      end = rho[1];
    }
    float[] corrected = new float[here.length];
    for (int i = 0; i < here.length; i++) {
      double last = past.last[i];
      double bend = (share == 0 ? 0 : share * (past.beforeLast[i] - last)) + end * (here[i] - last);
      corrected[i] = (float) (s.straight(past.x[i], last) - s.weight() * bend);
    }
    return corrected;
  }

  /** The coefficients of one step, in the paper's notation with h of the other sign. */
  private record Step(NoiseLevel from, NoiseLevel to, double h) {
    Step(NoiseLevel from, NoiseLevel to) {
      this(from, to, from.logSnr() - to.logSnr());
    }

    /** Position of a level on this step's line: 0 at its begin, 1 at its end. */
    double place(NoiseLevel level) {
      return (level.logSnr() - from.logSnr()) / -h;
    }

    /** The step of first order. */
    double straight(double x, double denoised) {
      return to.noise() / from.noise() * x - weight() * denoised;
    }

    double weight() {
      return to.signal() * Math.expm1(h);
    }

    /** The weights of the differences to the level at {@code place} and to the end. */
    double[] corrector(double place) {
      double b = Math.expm1(h);
      double phi1 = b / h - 1;
      double phi2 = phi1 / h - 0.5;
      double first = phi1 / b;
      double second = 2 * phi2 / b;
      double atPlace = (second - first) / (place - 1);
      return new double[] {atPlace, first - atPlace};
    }
  }
}
