package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Pool;
import dev.lora4j.core.tensor.PoolOps;
import java.util.List;

/** Pooling. */
final class PoolOpsFamily implements OperatorFamily {
  private static final String MAX = "maxPool(Pool)";
  private static final String AVERAGE = "averagePool(Pool)";
  private static final String ADAPTIVE = "adaptiveAveragePool(int[])";

  @Override
  public Class<?> operators() {
    return PoolOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        pooled(MAX, 1, Expr::maxPool),
        pooled(MAX, 2, Expr::maxPool),
        pooled(MAX, 3, Expr::maxPool),
        Row.of(MAX, g -> g.reals(1, 2, 5, 4).maxPool(Pool.window(2).strided(1, 2).dilated(2, 1))),
        pooled(AVERAGE, 1, Expr::averagePool),
        pooled(AVERAGE, 2, Expr::averagePool),
        pooled(AVERAGE, 3, Expr::averagePool),
        Row.of(ADAPTIVE, g -> g.reals(1, 2, g.size(1, 5)).adaptiveAveragePool(g.size(1, 4))),
        Row.of(ADAPTIVE, g -> g.reals(2, 1, 3, 4).adaptiveAveragePool(g.size(1, 3), g.size(1, 5))),
        Row.of(ADAPTIVE, g -> g.reals(1, 1, 2, 3, 2).adaptiveAveragePool(g.size(1, 2))));
  }

  private interface Operator {
    Expr apply(Expr x, Pool settings);
  }

  private static Row pooled(String method, int dimensions, Operator operator) {
    return Row.of(
        method,
        g -> {
          long[] sizes = {1, 2, g.size(3, 5), g.size(3, 4), 3};
          Expr x = g.reals(java.util.Arrays.copyOf(sizes, dimensions + 2));
          Pool pool = Pool.window(g.size(2, 3)).strided(g.size(1, 3)).padded(g.size(0, 1));
          pool = g.flag() ? pool.roundedUp() : pool;
          return operator.apply(x, g.flag() ? pool.withoutCountingPadding() : pool);
        });
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        golden(MAX, "max1d", Expr::maxPool, Pool.window(3).strided(2).padded(1)),
        golden(MAX, "max2d", Expr::maxPool, Pool.window(2, 3).strided(3, 2).padded(1).roundedUp()),
        golden(MAX, "max2d_dilated", Expr::maxPool, Pool.window(2).strided(1).dilated(3, 2)),
        golden(MAX, "max3d", Expr::maxPool, Pool.window(2)),
        golden(AVERAGE, "average1d", Expr::averagePool, Pool.window(2).roundedUp()),
        golden(
            AVERAGE,
            "average2d",
            Expr::averagePool,
            Pool.window(3, 2).strided(2, 3).padded(1).roundedUp()),
        golden(
            AVERAGE,
            "average2d_inside",
            Expr::averagePool,
            Pool.window(3).strided(2).padded(1).roundedUp().withoutCountingPadding()),
        golden(AVERAGE, "average3d", Expr::averagePool, Pool.window(2, 1, 3).strided(1)),
        Golden.of(ADAPTIVE, "adaptive1d", in -> in.apply("x").adaptiveAveragePool(4)),
        Golden.of(
            ADAPTIVE, "adaptive2d", in -> in.apply("x").transpose(2, 3).adaptiveAveragePool(5, 2)),
        Golden.of(ADAPTIVE, "adaptive3d", in -> in.apply("x").adaptiveAveragePool(1)));
  }

  private static Golden golden(String method, String name, Operator operator, Pool settings) {
    return Golden.of(method, name, in -> operator.apply(in.apply("x"), settings));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            MAX,
            g -> g.reals(3, 4).maxPool(Pool.window(2)),
            "[batch, channels, sizes...]",
            "F64 [3, 4]"),
        new Refusal(
            MAX,
            g -> g.reals(1, 2, 6).maxPool(Pool.window(2).padded(2)),
            "padding of at most half a window",
            "[2] for [2]"),
        new Refusal(
            MAX,
            g -> g.reals(1, 2, 2, 2).maxPool(Pool.window(3)),
            "sizes from that of a window",
            "[3, 3] on [1, 2, 2, 2]"),
        new Refusal(
            AVERAGE,
            g -> g.reals(1, 2, 6).averagePool(Pool.window(2).dilated(2)),
            "dilation 1",
            "[2]"),
        new Refusal(
            AVERAGE,
            g -> g.reals(1, 2, 6, 6).averagePool(Pool.window(2, 2, 2)),
            "1 or 2 numbers as window",
            "[2, 2, 2]"),
        new Refusal(
            ADAPTIVE, g -> g.reals(1, 2, 3).adaptiveAveragePool(0), "sizes of 1 or more", "[0]"),
        new Refusal(
            ADAPTIVE,
            g -> g.indices(3, 1, 2, 3).adaptiveAveragePool(1),
            "a floating-point type",
            "I64 [1, 2, 3]"));
  }
}
