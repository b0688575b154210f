package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import java.util.Locale;

/**
 * Divergence from the reference that a preference loss pays for: its derivative at the ratio of
 * likelihoods makes the score (f-DPO, Wang et al. 2023, table 1, constants left out).
 */
public sealed interface ScoreDivergence extends Canonical {
  /** Greatest power of e that is taken, as in TRL. */
  double GREATEST = 80;

  /** Reverse Kullback-Leibler divergence, as in DPO itself. */
  ScoreDivergence REVERSE_KL = new ReverseKl();

  /**
   * The score of a completion.
   *
   * @param ratio log of the ratio of likelihoods, [pairs]
   */
  Expr score(Expr ratio);

  /**
   * The divergence with one of TRL's names: {@code reverse_kl}, {@code forward_kl}, {@code
   * js_divergence}, {@code alpha_divergence}.
   *
   * @param alpha of the alpha divergence
   * @throws IllegalArgumentException naming them, if there is none of this name
   */
  static ScoreDivergence named(String name, double alpha) {
    return switch (name.toLowerCase(Locale.ROOT).replace('-', '_')) {
      case "reverse_kl" -> REVERSE_KL;
      case "forward_kl" -> new ForwardKl();
      case "js_divergence" -> new JensenShannon();
      case "alpha_divergence" -> new Alpha(alpha);
      default ->
          throw new IllegalArgumentException(
              "There is no divergence '"
                  + name
                  + "'; take reverse_kl, forward_kl, js_divergence or alpha_divergence.");
    };
  }

  /** Reverse Kullback-Leibler divergence. */
  record ReverseKl() implements ScoreDivergence {
    @Override
    public Expr score(Expr ratio) {
      return ratio;
    }

    @Override
    public String canonical() {
      return CanonicalForm.of("ReverseKl").text();
    }
  }

  /** Forward Kullback-Leibler divergence. */
  record ForwardKl() implements ScoreDivergence {
    @Override
    public Expr score(Expr ratio) {
      return ratio.neg().exp().neg().add(1);
    }

    @Override
    public String canonical() {
      return CanonicalForm.of("ForwardKl").text();
    }
  }

  /** Jensen-Shannon divergence. */
  record JensenShannon() implements ScoreDivergence {
    @Override
    public Expr score(Expr ratio) {
      return Logistic.logSigmoid(ratio).add(Math.log(2));
    }

    @Override
    public String canonical() {
      return CanonicalForm.of("JensenShannon").text();
    }
  }

  /**
   * Alpha divergence; at 1 it is the reverse Kullback-Leibler divergence.
   *
   * @param alpha any number
   */
  record Alpha(double alpha) implements ScoreDivergence {
    /** Nearer to 1 than this is 1. */
    private static final double NEAR = 1e-6;

    /** Checks the number. */
    public Alpha {
      if (!Double.isFinite(alpha)) {
        throw new IllegalArgumentException(
            "The alpha of a divergence must be a number, found " + alpha + ".");
      }
    }

    @Override
    public Expr score(Expr ratio) {
      double power = alpha - 1;
      if (Math.abs(power) < NEAR) {
        return ratio;
      }
      return ratio.mul(power).clampMax(GREATEST).exp().sub(1).div(power);
    }

    @Override
    public String canonical() {
      return CanonicalForm.of("Alpha").with("alpha", alpha).text();
    }
  }
}
