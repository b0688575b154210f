package dev.lora4j.text.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.align.PolicyScores;
import dev.lora4j.text.align.ValueObjective;
import dev.lora4j.text.network.ValueHead;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A value head in a program that learns from rewards. It is trained beside the adapter, begins with
 * zeros, and is no part of what is written.
 *
 * @param objective its use
 * @param gains advantage of each token, [tokens]
 * @param before value of each token when it was written, [tokens]
 * @param returns what it should have been, [tokens]
 */
record StagedValues(ValueObjective objective, Expr gains, Expr before, Expr returns) {
  /** Declares the inputs, in the order of the components. */
  static StagedValues declare(Staging at, ValueObjective objective) {
    return new StagedValues(
        objective, numbers(at, "gains"), numbers(at, "values"), numbers(at, "returns"));
  }

  private static Expr numbers(Staging at, String name) {
    return at.graph().input(name, DType.F64, Shape.of(Shape.UNKNOWN)).to(at.type());
  }

  /**
   * Values that the head gives, [tokens].
   *
   * @param hidden output of the last layer there, [tokens, width]
   */
  Expr said(Staging at, Expr hidden) {
    if (at.purpose() == Staging.Purpose.CALIBRATION) {
      // Of zeros, as the head begins: no gradient goes through it to the layers that are looked at.
      return before.mul(0);
    }
    Expr weight = at.beside(ValueHead.WEIGHT, ValueHead.weight(hidden));
    return new ValueHead(weight, at.beside(ValueHead.BIAS, ValueHead.ONE)).values(hidden);
  }

  /**
   * Its loss at each token, beside that of the policy, [tokens].
   *
   * @param said see {@link #said}
   */
  Expr weighted(Expr said) {
    return objective.each(said, before, returns).mul(objective.coefficient());
  }

  /** Means over a batch by TRL's names, scalars, in order. */
  Map<String, Expr> measures(Expr said, PolicyScores scores) {
    Expr still = said.detach();
    Map<String, Expr> all = new LinkedHashMap<>();
    all.put("loss/value_avg", scores.mean(objective.each(still, before, returns)));
    all.put("val/clipfrac_avg", scores.mean(objective.clipped(still, before, returns)));
    return all;
  }
}
