package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Expr;
import java.util.Map;
import java.util.Optional;

/**
 * Loss of each thing that is learned of a batch.
 *
 * @param each [n]
 * @param whole what is added to the loss of the batch as it is, a scalar, if there is something
 * @param measures further numbers of each to report, [n], by their names, in order
 */
record StagedLoss(Expr each, Optional<Expr> whole, Map<String, Expr> measures) {
  StagedLoss(Expr each, Map<String, Expr> measures) {
    this(each, Optional.empty(), measures);
  }

  /** A loss alone. */
  static StagedLoss of(Expr each) {
    return new StagedLoss(each, Map.of());
  }
}
