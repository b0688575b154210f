package dev.lora4j.mixers.deltas;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.List;

/** Numbers by their place in order. */
final class OrderStatistic {
  private OrderStatistic() {}

  /**
   * The number at a place, a scalar.
   *
   * @param place 1 for the smallest, at most as many as there are
   */
  static Expr at(Expr numbers, long place) {
    Graph.Result value = new Graph.Result(numbers.dtype(), Shape.of());
    Graph.Result index = new Graph.Result(DType.I64, Shape.of());
    return numbers
        .graph()
        .call("kthvalue", List.of(value, index), numbers.reshape(numbers.shape().elements()), place)
        .get(0);
  }
}
