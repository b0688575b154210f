package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.List;
import java.util.Optional;

/**
 * Use of the entropy of the distributions that tokens were drawn from, in an objective of rewards.
 *
 * @param coefficient what a nat of the mean entropy takes from the loss, TRL's entropy_coef; above
 *     0 it keeps the model from always saying the same; 0 for nothing
 * @param quantile the share of the tokens of a batch that are learned, those of the greatest
 *     entropies (Wang et al. 2025), TRL's top_entropy_quantile; 1 for all
 * @param control which moves the coefficient from step to step, if any does
 */
public record EntropyUse(double coefficient, double quantile, Optional<EntropyControl> control)
    implements Canonical {
  /** A use without control. */
  public EntropyUse(double coefficient, double quantile) {
    this(coefficient, quantile, Optional.empty());
  }

  /** A copy whose coefficient is the first of those that a control moves. */
  public EntropyUse controlled(EntropyControl other) {
    return new EntropyUse(coefficient, quantile, Optional.of(other));
  }

  /** All tokens, and no part of the loss. */
  public static final EntropyUse NONE = new EntropyUse(0, 1);

  /** Checks the ranges. */
  public EntropyUse {
    if (!Double.isFinite(coefficient)) {
      throw new IllegalArgumentException(
          "The coefficient of the entropy must be a number, found " + coefficient + ".");
    }
    if (!(quantile >= 0 && quantile <= 1)) {
      throw new IllegalArgumentException(
          "The quantile of the entropies must be from 0 to 1, found " + quantile + ".");
    }
  }

  /** Returns true if entropies have a gradient. */
  public boolean rewarded() {
    return coefficient != 0 || control.isPresent();
  }

  /**
   * Marks of the tokens that are learned, 1 and 0 of the type of the entropies, [tokens]; none if
   * all are.
   *
   * @param entropies of each token, [tokens]
   */
  Optional<Expr> marks(Expr entropies) {
    if (quantile == 1) {
      return Optional.empty();
    }
    Expr known = entropies.detach();
    // Of no tokens there is no quantile; with one that is no number there is none to count.
    Expr none = known.graph().constant(Double.NaN, known.dtype()).reshape(1);
    Expr least =
        known
            .graph()
            .call(
                "nanquantile",
                DType.F32,
                Shape.of(),
                ShapeOps.cat(List.of(known, none), 0).to(DType.F32),
                1 - quantile);
    return Optional.of(known.ge(least.to(known.dtype())).to(known.dtype()));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("EntropyUse")
        .with("coefficient", coefficient)
        .with("quantile", quantile)
        .with("control", control.map(EntropyControl::canonical).orElse("none"))
        .text();
  }
}
