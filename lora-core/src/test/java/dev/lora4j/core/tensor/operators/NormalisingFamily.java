package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Normalising;
import java.util.List;

/** Normalisations. */
final class NormalisingFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Normalising.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "groupNorm(int, Expr, Expr, double)",
            g -> g.reals(2, 4, g.size(2, 3)).groupNorm(2, g.reals(4), g.reals(4), 1e-3)),
        Row.of(
            "layerNorm(Expr, Expr, double)",
            g -> {
              int width = g.size(2, 4);
              return g.reals(Operands.join(g.sizes(1, 2), width))
                  .layerNorm(g.reals(width), g.reals(width), 1e-3);
            }));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "groupNorm(int, Expr, Expr, double)",
            "group_norm",
            in -> in.apply("x").groupNorm(3, in.apply("weight"), in.apply("bias"), 1e-5)),
        Golden.of(
            "layerNorm(Expr, Expr, double)",
            "layer_norm",
            in ->
                in.apply("x")
                    .transpose(0, 1)
                    .layerNorm(in.apply("weight"), in.apply("bias"), 1e-5)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "groupNorm(int, Expr, Expr, double)",
            g -> g.reals(2, 5, 3).groupNorm(2, g.reals(5), g.reals(5), 1e-5),
            "channels that divide into 2 groups",
            "[2, 5, 3]"));
  }
}
