package dev.lora4j.core.nn;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Form of a quantised weight: tensors that are fewer bytes than its numbers, and the expression
 * that makes the numbers of them. A value that depends on the form and on nothing else is equal for
 * equal forms.
 */
public interface WeightForm extends Canonical {
  /**
   * A tensor of a weight.
   *
   * @param name what it is within the weight, such as {@code codes}
   */
  record Part(String name, DType dtype, Shape shape) {}

  /** Tensors of a weight of this shape. */
  List<Part> parts(Shape shape);

  /**
   * Returns true if some rows of a weight are a weight of this form: each of their {@link #parts}
   * is then the stretch of the whole weight's that is their share of the rows, or all of it if it
   * is as long for any number of rows.
   */
  default boolean rowwise() {
    return false;
  }

  /**
   * Rows whose multiples are weights of this form, as {@link #rowwise} says it of all rows, where
   * they begin at such a multiple; the last of a weight may be fewer. Empty if there are none.
   */
  default OptionalLong rowUnit(Shape shape) {
    return rowwise() ? OptionalLong.of(1) : OptionalLong.empty();
  }

  /** Tensors that are the same for all weights of this form, such as tables; by name. */
  Map<String, HostTensor> constants();

  /**
   * Stages the numbers.
   *
   * @param tensors {@link #parts} and {@link #constants} by name
   * @param shape shape of the weight
   * @param compute type of the result
   */
  Expr dequantised(Map<String, Expr> tensors, Shape shape, DType compute);

  /**
   * Computes numbers on the heap, the plain way.
   *
   * @param parts {@link #parts} by name
   * @param from numbers before the first
   * @param values is filled
   */
  void numbers(Map<String, HostTensor> parts, Shape shape, long from, float[] values);

  /** Name of a tensor of a weight, among the names of weights. */
  static String tensor(String weight, String part) {
    return weight + ":" + part;
  }
}
