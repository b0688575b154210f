package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.ProjectionOps;
import java.util.List;

/** Linear layers and tables. */
final class ProjectionOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return ProjectionOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "linear(Expr)",
            g -> {
              int in = g.size(1, 3);
              return g.reals(Operands.join(g.sizes(0, 2), in)).linear(g.reals(g.size(1, 3), in));
            }),
        Row.of(
            "linear(Expr, Expr)",
            g -> {
              int in = g.size(1, 3);
              int out = g.size(1, 3);
              return g.reals(Operands.join(g.sizes(1, 2), in))
                  .linear(g.reals(out, in), g.reals(out));
            }),
        Row.of(
            "embedding(Expr)",
            g -> g.reals(4, g.size(1, 3)).embedding(g.indices(4, g.sizes(0, 2)))));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of("linear(Expr)", "linear", in -> in.apply("x").linear(in.apply("weight"))),
        Golden.of(
            "linear(Expr, Expr)",
            "linear_bias",
            in -> in.apply("x").transpose(0, 1).linear(in.apply("weight"), in.apply("bias"))),
        Golden.of(
            "embedding(Expr)", "embedding", in -> in.apply("table").embedding(in.apply("ids"))),
        Golden.of(
            "embedding(Expr)",
            "embedding_i32",
            in -> in.apply("table").embedding(in.apply("ids"))));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "linear(Expr)",
            g -> g.reals(2, 4).linear(g.reals(3, 5)),
            "x [..., in] and weight [out, in]",
            "F64 [2, 4] and F64 [3, 5]"),
        new Refusal(
            "linear(Expr, Expr)",
            g -> g.reals(2, 4).linear(g.reals(3, 4), g.reals(4)),
            "bias [out]",
            "F64 [3, 4] and F64 [4]"),
        new Refusal(
            "embedding(Expr)",
            g -> g.reals(4, 2).embedding(g.indices(4, 3).to(DType.F32)),
            "indices of I64 or I32",
            "F64 [4, 2] and F32 [3]"));
  }
}
