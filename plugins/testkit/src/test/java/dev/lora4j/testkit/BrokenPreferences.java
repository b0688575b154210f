package dev.lora4j.testkit;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.CompletionScores;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;
import java.util.concurrent.atomic.AtomicInteger;

/** Losses of pairs that break their contract, each in one way, and one that keeps it. */
final class BrokenPreferences {
  private BrokenPreferences() {}

  private static Expr logistic(PairScores pairs, double beta) {
    return Logistic.loss(ratios(pairs).mul(beta), 0);
  }

  private static Expr ratios(PairScores pairs) {
    return pairs.chosen().ratio().sub(pairs.rejected().ratio());
  }

  /** Keeps it: exponential in the margin. */
  @Extension(point = PreferenceLoss.class, name = "test-exponential", help = "exp(-margin)")
  public record Exponential(@Setting(help = "factor", defaultValue = "1", above = 0) double scale)
      implements PreferenceLoss {
    @Override
    public boolean diverges() {
      return true;
    }

    @Override
    public Expr each(PairScores pairs, double beta) {
      return pairs.margin().mul(-beta * scale).exp();
    }
  }

  /** Prefers what was rejected. */
  @Extension(point = PreferenceLoss.class, name = "test-reversed", help = "the wrong way round")
  public record Reversed() implements PreferenceLoss {
    @Override
    public Expr each(PairScores pairs, double beta) {
      return logistic(pairs, -beta);
    }
  }

  /** Judges a pair by the others. */
  @Extension(point = PreferenceLoss.class, name = "test-pooled", help = "less the mean")
  public record Pooled() implements PreferenceLoss {
    @Override
    public Expr each(PairScores pairs, double beta) {
      Expr loss = logistic(pairs, beta);
      return loss.add(loss.mean().mul(0.5));
    }
  }

  /** Counts the first pair of a batch more than others. */
  @Extension(point = PreferenceLoss.class, name = "test-lopsided", help = "the first counts more")
  public record Lopsided() implements PreferenceLoss {
    @Override
    public Expr each(PairScores pairs, double beta) {
      Expr loss = logistic(pairs, beta);
      return loss.add(loss.select(0, 0).mul(0.5));
    }
  }

  /** Gives one number for all. */
  @Extension(point = PreferenceLoss.class, name = "test-single-pair", help = "one number")
  public record Single() implements PreferenceLoss {
    @Override
    public Expr each(PairScores pairs, double beta) {
      return logistic(pairs, beta).mean();
    }
  }

  /** Has half the gradient that it should have. */
  @Extension(point = PreferenceLoss.class, name = "test-still-pair", help = "holds a factor still")
  public record Still() implements PreferenceLoss {
    @Override
    public Expr each(PairScores pairs, double beta) {
      Expr odds = ratios(pairs).mul(-beta * 0.5).exp();
      return odds.mul(odds.detach());
    }
  }

  /** Has no gradient at the reference. */
  @Extension(point = PreferenceLoss.class, name = "test-root-pair", help = "a root of the square")
  public record Root() implements PreferenceLoss {
    @Override
    public Expr each(PairScores pairs, double beta) {
      Expr margin = ratios(pairs);
      return margin.mul(margin).sqrt().sub(margin).mul(beta);
    }
  }

  /** Also pays for what has nothing to do with the preference. */
  @Extension(point = PreferenceLoss.class, name = "test-drifting", help = "with the likelihood")
  public record Drifting() implements PreferenceLoss {
    @Override
    public Expr each(PairScores pairs, double beta) {
      return logistic(pairs, beta).sub(pairs.chosen().likelihood().mul(0.001));
    }
  }

  /** Asks for scores of divergences and does not say so. */
  @Extension(point = PreferenceLoss.class, name = "test-hiding", help = "of any divergence")
  public record Hiding() implements PreferenceLoss {
    @Override
    public Expr each(PairScores pairs, double beta) {
      return Logistic.loss(pairs.margin().mul(beta), 0);
    }
  }

  /** Says that it asks for scores of divergences and does not. */
  @Extension(point = PreferenceLoss.class, name = "test-deaf-pair", help = "of one divergence")
  public record Deaf() implements PreferenceLoss {
    @Override
    public boolean diverges() {
      return true;
    }

    @Override
    public Expr each(PairScores pairs, double beta) {
      return logistic(pairs, beta);
    }
  }

  /** Reports rewards that beta has no part in. */
  @Extension(point = PreferenceLoss.class, name = "test-generous", help = "whatever beta is")
  public record Generous() implements PreferenceLoss {
    @Override
    public Expr reward(CompletionScores completion, double beta) {
      return completion.ratio();
    }

    @Override
    public Expr each(PairScores pairs, double beta) {
      return logistic(pairs, beta);
    }
  }

  /** Grows with each program. */
  @Extension(point = PreferenceLoss.class, name = "test-growing-pair", help = "grows")
  public record Growing() implements PreferenceLoss {
    private static final AtomicInteger STAGED = new AtomicInteger();

    @Override
    public Expr each(PairScores pairs, double beta) {
      Expr loss = logistic(pairs, beta);
      return loss.dtype() == DType.F32 ? loss.mul(STAGED.incrementAndGet()) : loss;
    }
  }

  /** Cannot be told from another by what it says. */
  @Extension(point = PreferenceLoss.class, name = "test-mumbling-pair", help = "says where it lies")
  public static final class Mumbling implements PreferenceLoss {
    /** For the host. */
    public Mumbling() {}

    @Override
    public String canonical() {
      return Integer.toHexString(System.identityHashCode(this));
    }

    @Override
    public Expr each(PairScores pairs, double beta) {
      return logistic(pairs, beta);
    }
  }
}
