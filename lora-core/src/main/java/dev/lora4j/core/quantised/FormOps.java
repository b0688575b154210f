package dev.lora4j.core.quantised;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;
import java.util.Objects;

/** Steps that the expressions of forms have in common. */
final class FormOps {
  private FormOps() {}

  static Expr of(Map<String, Expr> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  static HostTensor part(Map<String, HostTensor> parts, String name) {
    return Objects.requireNonNull(parts.get(name), name);
  }

  static float[] floats(Map<String, HostTensor> parts, String name) {
    return part(parts, name).floats();
  }

  /** Pairs of F32 that are looked up as C64 [n], as F32 [2 n]; without a copy. */
  static Expr asF32(Expr pairs) {
    long count = pairs.shape().size(0);
    return pairs
        .graph()
        .call("view_as_real", DType.F32, Shape.of(count, 2), pairs)
        .reshape(2 * count);
  }

  /**
   * Values times the scale of their block, in place where they are whole blocks.
   *
   * @param values F32 [n or more], of nobody else
   * @param scales F32 [blocks]
   * @param shape of n elements
   */
  static Expr scaled(Expr values, Expr scales, Shape shape, int block) {
    long count = shape.elements();
    if (count % block == 0 && values.shape().size(0) == count) {
      Expr blocks = values.reshape(count / block, block);
      return multiplied(blocks, scales.unsqueeze(1)).reshape(shape.sizes());
    }
    Expr each = scales.repeatInterleave(block, 0).slice(0, 0, count);
    return values.slice(0, 0, count).mul(each).reshape(shape.sizes());
  }

  /** Values, which are of nobody else, times factors that broadcast to them; in place. */
  static Expr multiplied(Expr values, Expr factors) {
    return values.graph().call("mul_", values.dtype(), values.shape(), values, factors);
  }
}
