package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;

/**
 * Source of a model's weights during staging. The same walk over a model loads it, trains it and
 * lists it, each with another source.
 */
@FunctionalInterface
public interface WeightSource {
  /**
   * The expression that stands for a weight.
   *
   * @return of shape {@code parameter.shape()}, in the type the model computes in
   */
  Expr weight(Graph graph, Parameter parameter);
}
