package dev.lora4j.core.adapter.oft;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;

/** Products with matrices that have blocks on their diagonal, and are not formed. */
public final class BlockProduct {
  private BlockProduct() {}

  /**
   * Blocks of the last dimension multiplied, each by its own matrix.
   *
   * @param x [..., n * size]
   * @param blocks [n, size, size], or [1, size, size] for all; in x's type
   */
  public static Expr of(Expr x, Expr blocks) {
    Dim size = blocks.dim(1);
    Dim count = x.dim(-1).over(size);
    Expr apart = x.reshape(Dim.of(-1), count, size).transpose(0, 1);
    return apart.matmul(blocks).transpose(0, 1).reshape(Dim.all(x));
  }
}
