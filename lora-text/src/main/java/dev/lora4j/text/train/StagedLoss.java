package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Expr;
import java.util.Map;

/**
 * Loss of each thing that is learned of a batch, [n].
 *
 * @param measures further numbers of each to report, [n], by their names, in order
 */
record StagedLoss(Expr each, Map<String, Expr> measures) {
  /** A loss alone. */
  static StagedLoss of(Expr each) {
    return new StagedLoss(each, Map.of());
  }
}
