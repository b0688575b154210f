package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Convolving;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/** Convolutions. */
final class ConvolvingFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Convolving.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "conv2d(Expr, int, int)",
            g -> {
              int in = g.size(1, 2);
              Expr x = g.reals(g.size(1, 2), in, g.size(3, 4), g.size(3, 4));
              Expr weight = g.reals(g.size(1, 2), in, g.size(1, 3), g.size(1, 3));
              return x.conv2d(weight, g.size(1, 2), g.size(0, 2));
            }),
        Row.of(
            "conv2d(Expr, Expr, int, int)",
            g -> {
              int out = g.size(1, 3);
              Expr x = g.reals(1, 2, 3, 4);
              return x.conv2d(g.reals(out, 2, 3, 2), g.reals(out), g.size(1, 2), g.size(0, 1));
            }));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "conv2d(Expr, int, int)",
            "conv2d",
            in -> in.apply("x").transpose(2, 3).conv2d(in.apply("weight"), 2, 1)),
        Golden.of(
            "conv2d(Expr, Expr, int, int)",
            "conv2d_bias",
            in -> in.apply("x").conv2d(in.apply("weight"), in.apply("bias"), 1, 2)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "conv2d(Expr, int, int)",
            g -> g.reals(1, 2, 5, 5).conv2d(g.reals(3, 4, 3, 3), 1, 1),
            "[batch, in, height, width]",
            "F64 [1, 2, 5, 5] and F64 [3, 4, 3, 3]"));
  }
}
