package dev.lora4j.testkit;

import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.SamplingRun;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;

/** Samplers that break their contract, each in one way, and one that keeps it. */
final class BrokenSamplers {
  private BrokenSamplers() {}

  /** Euler's method on levels that are spread evenly. */
  abstract static class Even implements Sampler {
    @Override
    public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
      List<NoiseLevel> levels = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        levels.add(schedule.level(schedule.size() - 1 - i * schedule.size() / steps));
      }
      levels.add(NoiseLevel.CLEAN);
      return levels;
    }

    @Override
    public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
      return 1;
    }

    /** Latents at another level, by what is seen in them. */
    float[] step(float[] x, float[] seen, NoiseLevel from, NoiseLevel to) {
      float[] next = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        double noise = (x[i] - from.signal() * seen[i]) / from.noise();
        next[i] = (float) (to.signal() * seen[i] + to.noise() * noise);
      }
      return next;
    }

    @Override
    public float[] sample(SamplingRun run, float[] x) {
      float[] at = x;
      for (int i = run.first(); i < run.steps(); i++) {
        float[] seen = run.denoiser().denoise(at, run.level(i), i);
        at = run.after().done(i, step(at, seen, run.level(i), run.level(i + 1)));
      }
      return at;
    }
  }

  /** Keeps it: one that was taught for four steps along straight lines. */
  @Extension(point = Sampler.class, name = "test-fixed", help = "four steps and no others")
  public static final class Fixed extends Even {
    /** For the host. */
    public Fixed() {}

    @Override
    public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
      if (steps != 4 || !schedule.flow()) {
        throw new IllegalArgumentException("test-fixed makes 4 steps of a flow");
      }
      return super.levels(schedule, steps);
    }
  }

  /** Keeps it. */
  @Extension(point = Sampler.class, name = "test-even", help = "Euler's method, even levels")
  public static final class Good extends Even {
    /** For the host. */
    public Good() {}
  }

  /** Works in the array that it was given. */
  @Extension(point = Sampler.class, name = "test-in-place", help = "changes what it is given")
  public static final class InPlace extends Even {
    /** For the host. */
    public InPlace() {}

    @Override
    float[] step(float[] x, float[] seen, NoiseLevel from, NoiseLevel to) {
      float[] next = super.step(x, seen, from, to);
      System.arraycopy(next, 0, x, 0, x.length);
      return x;
    }
  }

  /** Keeps what it saw from run to run. */
  @Extension(point = Sampler.class, name = "test-lingering", help = "remembers another run")
  public static final class Lingering extends Even {
    private volatile float[] last = new float[0];

    /** For the host. */
    public Lingering() {}

    @Override
    float[] step(float[] x, float[] seen, NoiseLevel from, NoiseLevel to) {
      float[] before = last;
      float[] blended = seen.clone();
      for (int i = 0; i < before.length; i++) {
        blended[i] = (blended[i] + before[i]) / 2;
      }
      last = seen;
      return super.step(x, blended, from, to);
    }
  }

  /** Goes on with its own latents, whatever it is told to go on with. */
  @Extension(point = Sampler.class, name = "test-deaf", help = "hears nothing")
  public static final class Deaf extends Even {
    /** For the host. */
    public Deaf() {}

    @Override
    public float[] sample(SamplingRun run, float[] x) {
      float[] at = x;
      for (int i = run.first(); i < run.steps(); i++) {
        float[] seen = run.denoiser().denoise(at, run.level(i), i);
        at = step(at, seen, run.level(i), run.level(i + 1));
        run.after().done(i, at);
      }
      return at;
    }
  }

  /** Takes noise for the picture. */
  @Extension(point = Sampler.class, name = "test-astray", help = "goes the wrong way")
  public static final class Astray extends Even {
    /** For the host. */
    public Astray() {}

    @Override
    float[] step(float[] x, float[] seen, NoiseLevel from, NoiseLevel to) {
      return super.step(x, x, from, to);
    }
  }

  /** Visits a level twice. */
  @Extension(point = Sampler.class, name = "test-resting", help = "stays where it is")
  public static final class Resting extends Even {
    /** For the host. */
    public Resting() {}

    @Override
    public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
      List<NoiseLevel> levels = new ArrayList<>(super.levels(schedule, steps));
      levels.set(Math.min(1, steps - 1), levels.get(0));
      return levels;
    }
  }
}
