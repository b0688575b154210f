package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.RowPieces;
import dev.lora4j.core.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Numbers of quantised weights in a program. Those of large weights are made some rows at a time:
 * the expressions of forms read and write several times what they make.
 */
final class QuantisedNumbers {
  /*
   * From 32 MiB in F32 on, glibc's allocator takes memory of the system for each value and gives it
   * back, which costs more than what is computed. Below that a whole weight is as fast as pieces,
   * or faster.
   */
  /** Numbers of a weight that is large. */
  static final long LARGE = 1 << 23;

  /** Numbers of a piece: 8 MiB in F32. */
  static final long PIECE = 1 << 21;

  private QuantisedNumbers() {}

  /**
   * Stages {@link WeightForm#dequantised}; the same bits, however the weight is divided.
   *
   * @param tensors parts and constants of the form, by name
   */
  static Expr stage(
      Graph graph, WeightForm form, Map<String, Expr> tensors, Shape shape, DType compute) {
    return shape.elements() < LARGE
        ? form.dequantised(tensors, shape, compute)
        : inPieces(graph, form, tensors, shape, compute);
  }

  /** {@link #stage} in pieces, if some rows of the weight are a weight of the form. */
  static Expr inPieces(
      Graph graph, WeightForm form, Map<String, Expr> tensors, Shape shape, DType compute) {
    OptionalLong each = rows(form, shape);
    if (each.isEmpty()) {
      return form.dequantised(tensors, shape, compute);
    }
    List<WeightForm.Part> whole = form.parts(shape);
    List<WeightForm.Part> full = form.parts(shape.with(0, each.getAsLong()));
    return RowPieces.stage(
        graph,
        compute,
        shape,
        each.getAsLong(),
        (number, rows) -> {
          Shape own = shape.with(0, rows);
          List<WeightForm.Part> parts = form.parts(own);
          Map<String, Expr> some = new HashMap<>(tensors);
          for (int i = 0; i < parts.size(); i++) {
            Shape part = parts.get(i).shape();
            if (!part.equals(whole.get(i).shape())) {
              Dim from = number.times(full.get(i).shape().size(0));
              Dim length = Dim.of(part.size(0));
              some.computeIfPresent(parts.get(i).name(), (n, all) -> all.narrow(0, from, length));
            }
          }
          return form.dequantised(some, own, compute);
        });
  }

  /** Rows of a piece; empty if some rows of the weight are no weight of the form. */
  private static OptionalLong rows(WeightForm form, Shape shape) {
    OptionalLong unit = form.rowUnit(shape);
    if (unit.isEmpty()) {
      return unit;
    }
    long one = unit.getAsLong();
    long row = shape.elements() / shape.size(0);
    long each = Math.max(one, PIECE / row / one * one);
    return each < shape.size(0) ? OptionalLong.of(each) : OptionalLong.empty();
  }
}
