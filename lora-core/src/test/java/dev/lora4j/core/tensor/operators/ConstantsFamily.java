package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Tensors made out of numbers alone. The inputs here only lend their sizes. */
final class ConstantsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Constants.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        sized("zeros(Graph, DType, Dim[])", (g, n) -> Constants.zeros(g.graph(), DType.U8, n)),
        sized(
            "ones(Graph, DType, Dim[])",
            (g, n) -> Constants.ones(g.graph(), DType.BOOL, n, Dim.of(2))),
        sized(
            "full(Graph, DType, double, Dim[])",
            (g, n) -> Constants.full(g.graph(), DType.F16, g.number(-2, 2), Dim.of(2), n)),
        sized("eye(Graph, DType, Dim)", (g, n) -> Constants.eye(g.graph(), g.real(), n)),
        sized(
            "arange(Graph, DType, Dim)",
            (g, n) -> Constants.arange(g.graph(), g.oneOf(DType.I64, DType.F32), n)),
        Row.flat(
            "arange(Graph, DType, long, long, long)",
            g -> {
              int begin = g.size(-4, 4);
              int step = g.oneOf(1, -1) * g.size(1, 3);
              int end = begin + step * g.size(0, 3) + g.size(0, 2) * Integer.signum(step);
              return Constants.arange(g.graph(), DType.I64, begin, end, step);
            }),
        sized(
            "linspace(Graph, DType, double, double, Dim)",
            (g, n) -> Constants.linspace(g.graph(), g.real(), g.number(-2, 2), 3, n)));
  }

  private static Row sized(String method, BiFunction<Operands, Dim, Expr> made) {
    return Row.flat(method, g -> made.apply(g, g.given(g.size(1, 4)).dim(0)));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        lent(
            "zeros(Graph, DType, Dim[])",
            "zeros",
            x -> Constants.zeros(x.graph(), DType.F32, Dim.of(2), x.dim(0))),
        lent("eye(Graph, DType, Dim)", "eye", x -> Constants.eye(x.graph(), DType.F64, x.dim(0))),
        lent(
            "arange(Graph, DType, Dim)",
            "arange",
            x -> Constants.arange(x.graph(), DType.I64, x.dim(0))),
        lent(
            "ones(Graph, DType, Dim[])",
            "ones",
            x -> Constants.ones(x.graph(), DType.I64, Dim.of(2), x.dim(0))),
        lent(
            "full(Graph, DType, double, Dim[])",
            "full",
            x -> Constants.full(x.graph(), DType.F64, -1 / 0.0, Dim.of(2), x.dim(0))),
        lent(
            "arange(Graph, DType, long, long, long)",
            "arange_step",
            x -> Constants.arange(x.graph(), DType.I64, 7, -4, -3)),
        lent(
            "linspace(Graph, DType, double, double, Dim)",
            "linspace",
            x -> Constants.linspace(x.graph(), DType.F64, -1, 2, x.dim(0))));
  }

  private static Golden lent(String method, String name, Function<Expr, Expr> made) {
    return Golden.of(method, name, in -> made.apply(in.apply("x")));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "arange(Graph, DType, long, long, long)",
            g -> Constants.arange(g.graph(), DType.I64, 0, 4, -1),
            "a step that leads from begin to end",
            "begin 0, end 4, step -1"));
  }
}
