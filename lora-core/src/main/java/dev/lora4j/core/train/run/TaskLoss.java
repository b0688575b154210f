package dev.lora4j.core.train.run;

import dev.lora4j.core.nn.FiniteCheck;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.train.adapter.StagedAdapter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The mathematics of a batch as {@link Staging} leaves it, not compiled.
 *
 * @param factors where the adapter's factors are
 * @param loss a scalar of the parameters' type
 * @param measures numbers of a batch to report beside the loss, by their names, in order
 * @param finite watches each layer, if it was staged for a diagnosis
 */
public record TaskLoss(
    FlatParameters parameters,
    StagedAdapter factors,
    Expr loss,
    Map<String, Expr> measures,
    Optional<FiniteCheck> finite) {
  /** Copies the measures, in their order. */
  public TaskLoss {
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
  }
}
