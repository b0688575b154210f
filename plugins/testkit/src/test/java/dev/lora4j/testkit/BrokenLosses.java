package dev.lora4j.testkit;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.Loss;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Losses that break their contract, each in one way, and one that keeps it. */
final class BrokenLosses {
  private BrokenLosses() {}

  /** Keeps it: Welsch's, which far out costs no more, with the width of each sample. */
  @Extension(point = Loss.class, name = "test-welsch", help = "1 - exp(-(d / c) squared)")
  public record Welsch(@Setting(help = "c", defaultValue = "1", above = 0, max = 9) double width)
      implements Loss {
    @Override
    public boolean thresholded() {
      return true;
    }

    @Override
    public double threshold(NoiseLevel level, int timesteps) {
      return width * (1 + level.noise());
    }

    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      Expr share = difference.div(threshold.orElseThrow());
      return share.mul(share).neg().exp().neg().add(1);
    }
  }

  /** Costs less than nothing on one side. */
  @Extension(point = Loss.class, name = "test-signed", help = "keeps the sign")
  public record Signed() implements Loss {
    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      return difference;
    }
  }

  /** Gives one number for all. */
  @Extension(point = Loss.class, name = "test-single", help = "one number")
  public record Single() implements Loss {
    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      return difference.mul(difference).mean();
    }
  }

  /** Computes in a type of its own. */
  @Extension(point = Loss.class, name = "test-narrow", help = "computes in F32")
  public record Narrow() implements Loss {
    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      // Only where the contract's other tests do not look.
      Expr squared = difference.mul(difference);
      return difference.dtype() == DType.BF16 ? squared.to(DType.F32) : squared;
    }
  }

  /** Judges an element by all the others. */
  @Extension(point = Loss.class, name = "test-relative", help = "relative to the mean")
  public record Relative() implements Loss {
    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      Expr squared = difference.mul(difference);
      return squared.div(squared.mean().add(1).detach());
    }
  }

  /** Has half the gradient that it should have. */
  @Extension(point = Loss.class, name = "test-still", help = "holds a factor still")
  public record Still() implements Loss {
    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      return difference.mul(difference.detach());
    }
  }

  /** Has no gradient where there is no difference. */
  @Extension(point = Loss.class, name = "test-root", help = "the root of the square")
  public record Root() implements Loss {
    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      return difference.mul(difference).sqrt();
    }
  }

  /** Grows with each program. */
  @Extension(point = Loss.class, name = "test-growing", help = "grows")
  public record Growing() implements Loss {
    private static final AtomicInteger STAGED = new AtomicInteger();

    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      Expr squared = difference.mul(difference);
      return difference.dtype() == DType.F32 ? squared.mul(STAGED.incrementAndGet()) : squared;
    }
  }

  /** Cannot be told from another by what it says. */
  @Extension(point = Loss.class, name = "test-mumbling", help = "says where it lies in memory")
  public static final class Mumbling implements Loss {
    /** For the host. */
    public Mumbling() {}

    @Override
    public String canonical() {
      return Integer.toHexString(System.identityHashCode(this));
    }

    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      return difference.abs();
    }
  }

  /** Refuses without a reason. */
  @Extension(point = Loss.class, name = "test-curt-loss", help = "refuses flows")
  public record Curt() implements Loss {
    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      return difference.abs();
    }

    @Override
    public Optional<String> misfit(Prediction prediction) {
      return prediction == Prediction.FLOW ? Optional.of("no") : Optional.empty();
    }
  }

  /** Has no threshold where there is nothing but noise. */
  @Extension(point = Loss.class, name = "test-unbounded", help = "divides by the signal")
  public record Unbounded() implements Loss {
    @Override
    public boolean thresholded() {
      return true;
    }

    @Override
    public double threshold(NoiseLevel level, int timesteps) {
      return level.sigma();
    }

    @Override
    public Expr elements(Expr difference, Optional<Expr> threshold) {
      return difference.mul(difference).mul(threshold.orElseThrow());
    }
  }
}
