package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/** What {@link Expr} itself does. */
final class ExprFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Expr.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "dim(int)",
            g -> {
              Expr x = g.reals(2, 3, 2);
              return x.reshape(x.dim(0), x.dim(1).times(x.dim(-1)));
            }),
        Row.of(
            "dim(int)",
            g -> {
              Expr x = g.reals(4, 3);
              return x.reshape(x.dim(0).over(2), x.dim(1).times(2), Dim.of(1));
            }),
        Row.of(
            "dim(int)",
            g -> {
              Expr x = g.reals(4, 3);
              return x.reshape(x.dim(0).plus(x.dim(1)).minus(Dim.of(1)), x.dim(0).plus(-2));
            }),
        Row.flat("detach()", g -> g.reals(g.sizes(0, 3)).detach()),
        Row.flat("trainable()", g -> g.given(g.sizes(0, 3)).trainable()));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "dim(int)",
            "dim",
            in -> {
              Expr x = in.apply("x");
              return x.reshape(x.dim(-1), x.dim(0));
            }),
        Golden.of("detach()", "detach", in -> in.apply("x").detach()),
        Golden.of("trainable()", "trainable", in -> in.apply("x").trainable()));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of();
  }
}
