package dev.lora4j.core.tensor.operators;

import static dev.lora4j.core.tensor.operators.ElementwiseCases.golden;

import dev.lora4j.core.tensor.BitwiseOps;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.function.BinaryOperator;

/** Operators on the bits of whole numbers. */
final class BitwiseOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return BitwiseOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        both("bitAnd(Expr)", Expr::bitAnd),
        Row.flat("bitAnd(long)", g -> g.indices(99, g.sizes(0, 3)).bitAnd(g.size(0, 99))),
        both("bitOr(Expr)", Expr::bitOr),
        both("bitXor(Expr)", Expr::bitXor),
        Row.flat("shiftLeft(int)", g -> g.indices(99, g.sizes(0, 3)).shiftLeft(g.size(0, 63))),
        Row.flat("shiftRight(int)", g -> g.indices(99, g.sizes(0, 3)).shiftRight(g.size(0, 63))));
  }

  private static Row both(String method, BinaryOperator<Expr> operator) {
    return Row.flat(
        method,
        g -> {
          long[] sizes = g.sizes(0, 3);
          return operator.apply(g.indices(99, g.broadcasting(sizes)), g.indices(99, sizes));
        });
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        golden("bitAnd(Expr)", "and", (a, b) -> a.bitAnd(b)),
        golden("bitAnd(long)", "and_mask", x -> x.bitAnd(0xFFFFFFFFL)),
        golden("bitOr(Expr)", "or", (a, b) -> a.bitOr(b)),
        golden("bitXor(Expr)", "xor", (a, b) -> a.bitXor(b)),
        golden("shiftLeft(int)", "left", x -> x.shiftLeft(33)),
        golden("shiftRight(int)", "right", x -> x.shiftRight(33)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal("bitAnd(Expr)", g -> g.reals(2).bitAnd(g.reals(2)), "whole numbers", "F64 [2]"),
        new Refusal(
            "shiftLeft(int)", g -> g.indices(9, 2).shiftLeft(64), "from 0 to below 64", "64"));
  }
}
