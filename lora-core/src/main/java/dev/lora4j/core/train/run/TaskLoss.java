package dev.lora4j.core.train.run;

import dev.lora4j.core.nn.FiniteCheck;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.train.adapter.StagedAdapter;
import java.util.Optional;

/**
 * The mathematics of a batch as {@link Staging} leaves it, not compiled.
 *
 * @param factors where the adapter's factors are
 * @param loss a scalar of the parameters' type
 * @param finite watches each layer, if it was staged for a diagnosis
 */
public record TaskLoss(
    FlatParameters parameters, StagedAdapter factors, Expr loss, Optional<FiniteCheck> finite) {}
