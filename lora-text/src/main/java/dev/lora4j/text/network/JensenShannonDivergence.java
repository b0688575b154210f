package dev.lora4j.text.network;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.List;

/**
 * Generalised Jensen-Shannon divergence of a student's next tokens from a teacher's (Agarwal et al.
 * 2024), for the teacher's probabilities p, the student's q and m = beta p + (1 - beta) q: {@code
 * beta KL(p || m) + (1 - beta) KL(q || m)}.
 *
 * @param beta 0 to 1; 0 is the forward divergence {@code KL(p || q)}, which covers all that the
 *     teacher says, 1 the reverse one {@code KL(q || p)}, which seeks what it says most
 * @param temperature divides the logits of both
 */
public record JensenShannonDivergence(double beta, double temperature) implements Canonical {
  /** Half of each, at the temperature 1. */
  public static final JensenShannonDivergence DEFAULT = new JensenShannonDivergence(0.5, 1);

  /** Checks the ranges. */
  public JensenShannonDivergence {
    if (!(beta >= 0 && beta <= 1)) {
      throw new IllegalArgumentException("beta must be from 0 to 1, found " + beta + ".");
    }
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "The temperature of a divergence must be above 0, found " + temperature + ".");
    }
  }

  /**
   * Stages it.
   *
   * @param student logits [n, vocabulary]
   * @param teacher logits, of the same shape and type
   * @return the divergence at each of n places, [n]
   */
  public Expr stage(Expr student, Expr teacher) {
    Expr q = student.div(temperature).logSoftmax(1);
    Expr p = teacher.div(temperature).logSoftmax(1);
    if (beta == 0) {
      return sum(q.klDivergenceFromLog(p));
    }
    if (beta == 1) {
      return sum(p.klDivergenceFromLog(q));
    }
    // In logarithms, as products of probabilities of large vocabularies vanish.
    Expr m =
        ShapeOps.stack(List.of(q.add(Math.log1p(-beta)), p.add(Math.log(beta))), 0)
            .over(0)
            .logSumExp();
    Expr fromTeacher = sum(m.klDivergenceFromLog(p)).mul(beta);
    return fromTeacher.add(sum(m.klDivergenceFromLog(q)).mul(1 - beta));
  }

  private static Expr sum(Expr terms) {
    return terms.over(1).sum();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("JensenShannonDivergence")
        .with("beta", beta)
        .with("temperature", temperature)
        .text();
  }
}
