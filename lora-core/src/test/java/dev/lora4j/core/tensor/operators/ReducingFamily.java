package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Reducing;
import java.util.List;

/** Operators that combine elements. */
final class ReducingFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Reducing.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of("sum()", g -> g.reals(g.sizes(0, 3)).sum()),
        Row.of("sum(int[])", g -> g.reals(g.sizes(3, 3)).sum(g.dimension(3))),
        Row.of("sum(int[])", g -> g.reals(g.sizes(3, 3)).sum(-1, 0)),
        Row.of("mean()", g -> g.reals(g.sizes(0, 3)).mean()),
        Row.of("mean(int[])", g -> g.reals(g.sizes(3, 3)).mean(g.dimension(3))),
        Row.of("norm()", g -> g.reals(g.sizes(0, 3)).norm()),
        Row.flat("all()", g -> g.flags(g.sizes(0, 3)).all()),
        Row.flat("argmax(int)", g -> g.reals(g.sizes(3, 3)).argmax(g.dimension(3))),
        Row.of(
            "matmul(Expr)",
            g -> {
              int inner = g.size(1, 3);
              long[] leading = g.sizes(0, 2);
              Expr a = g.reals(Operands.join(leading, g.size(1, 3), inner));
              Expr b = g.reals(Operands.join(g.broadcasting(leading), inner, g.size(1, 3)));
              return g.flag() ? a.matmul(b) : b.transpose(-1, -2).matmul(a.transpose(-1, -2));
            }));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of("sum()", "sum", in -> in.apply("x").sum()),
        Golden.of("sum(int[])", "sum_over", in -> in.apply("x").sum(0, -1)),
        Golden.of("mean()", "mean", in -> in.apply("x").mean()),
        Golden.of("mean(int[])", "mean_over", in -> in.apply("x").mean(1)),
        Golden.of("norm()", "norm", in -> in.apply("x").norm()),
        Golden.of("all()", "all", in -> in.apply("x").all()),
        Golden.of("argmax(int)", "argmax", in -> in.apply("x").argmax(-2)),
        Golden.of("matmul(Expr)", "matmul", in -> in.apply("a").matmul(in.apply("b"))),
        Golden.of(
            "matmul(Expr)",
            "matmul_transposed",
            in -> in.apply("a").transpose(-1, -2).matmul(in.apply("b"))));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "matmul(Expr)",
            g -> g.reals(2, 3).matmul(g.reals(4, 2)),
            "[..., rows, inner] and [..., inner, columns]",
            "F64 [2, 3] and F64 [4, 2]"),
        new Refusal(
            "matmul(Expr)",
            g -> g.reals(2, 3).matmul(g.reals(3)),
            "[..., inner, columns]",
            "F64 [2, 3] and F64 [3]"),
        new Refusal(
            "matmul(Expr)",
            g -> g.reals(2, 3).matmul(g.reals(3, 2).to(DType.F32)),
            "of one type",
            "F64 [2, 3] and F32 [3, 2]"),
        new Refusal(
            "matmul(Expr)",
            g -> g.reals(2, 2, 3).matmul(g.reals(3, 3, 2)),
            "shapes that broadcast",
            "[2] and [3]"));
  }
}
