package dev.lora4j.mixers.steps;

import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.List;

/**
 * Sums of the magnitudes of a change's numbers.
 *
 * @param count how many of the greatest there are in one of them, at most all
 */
record Magnitudes(long count) implements AdapterDeltas.Numbers {
  /** The sum of the greatest, and of all. */
  record Sums(double greatest, double sum) {}

  static Sums sums(List<Double> told) {
    return new Sums(told.get(0), told.get(1));
  }

  @Override
  public List<Expr> of(Expr change) {
    long all = change.shape().elements();
    Expr size = change.abs().reshape(all);
    Graph.Result values = new Graph.Result(DType.F32, Shape.of(count));
    Graph.Result places = new Graph.Result(DType.I64, Shape.of(count));
    Expr greatest = size.graph().call("topk", List.of(values, places), size, count).get(0);
    return List.of(greatest.to(DType.F64).sum(), size.to(DType.F64).sum());
  }
}
