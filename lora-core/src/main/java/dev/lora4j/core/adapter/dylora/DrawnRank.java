package dev.lora4j.core.adapter.dylora;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import java.util.Arrays;

/**
 * The rank that a step drew, in a program that knows neither it nor the whole rank.
 *
 * @param used BOOL [rank], the directions that count
 * @param last BOOL [rank], those of the last unit among them
 */
record DrawnRank(Expr used, Expr last) {
  /**
   * The rank of a draw: with n units, the first {@code floor(draw * n) + 1}.
   *
   * @param rank of all directions
   * @param draw F64 [], uniform in [0, 1)
   */
  static DrawnRank of(Dim rank, Expr draw, int unit) {
    Expr units = Constants.arange(draw.graph(), DType.F64, rank).div(unit).floor();
    Expr active = units.over(0).max().add(1).mul(draw).floor();
    return new DrawnRank(units.le(active), units.eq(active));
  }

  /**
   * A factor of which unused directions are 0, and only those that the step trains get a gradient.
   *
   * @param d the dimension of its directions
   */
  Expr of(Expr factor, int d, RankMode mode) {
    long[] sizes = new long[factor.shape().rank()];
    Arrays.fill(sizes, 1);
    sizes[d] = -1;
    Expr trained =
        switch (mode) {
          case NESTED -> factor;
          case FROZEN -> factor.where(last.reshape(sizes), factor.detach());
        };
    return trained.maskedFill(used.not().reshape(sizes), 0);
  }

  /** Factor of the scale {@code alpha / rank} at the drawn rank: rank / drawn, [1, 1]. */
  Expr scale(DType type) {
    Expr drawn = used.to(DType.F64).sum();
    Expr all = used.to(DType.F64).mul(0).add(1).sum();
    return all.div(drawn).to(type).reshape(1, 1);
  }
}
