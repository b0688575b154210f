package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;

/** Pooling of {@link Expr}, over one to three spatial dimensions: [batch, channels, sizes...]. */
public interface PoolOps {
  /** The value operated on. */
  Expr self();

  /** The greatest element of each window. */
  default Expr maxPool(Pool settings) {
    Expr x = self();
    StagedPool pool = new StagedPool("max_pool", x, settings);
    List<Object> arguments = pool.arguments();
    arguments.add(pool.dilation());
    arguments.add(settings.ceiling());
    return x.graph().call(pool.operator(), x.dtype(), pool.shape(), arguments.toArray());
  }

  /** The mean of each window. */
  default Expr averagePool(Pool settings) {
    Expr x = self();
    if (x.shape().rank() == 5 && x.dtype().floating() && x.dtype().bits() == 16) {
      // On a CPU libtorch has this for neither F16 nor BF16.
      return x.to(DType.F32).averagePool(settings).to(x.dtype());
    }
    StagedPool pool = new StagedPool("avg_pool", x, settings);
    if (pool.dilation().stream().anyMatch(d -> d != 1)) {
      throw Mismatch.of(pool.operator(), x, "dilation 1", settings.dilation().toString());
    }
    List<Object> arguments = pool.arguments();
    arguments.add(settings.ceiling());
    arguments.add(settings.paddingCounts());
    return x.graph().call(pool.operator(), x.dtype(), pool.shape(), arguments.toArray());
  }

  /**
   * Means of as many windows as there are to be elements in each dimension; the i-th of n windows
   * on a size s goes from floor(i s / n) to ceil((i + 1) s / n).
   *
   * @param sizes one number of windows for all dimensions, or one for each
   */
  default Expr adaptiveAveragePool(int... sizes) {
    Expr x = self();
    int dimensions = StagedPool.dimensions("adaptive_avg_pool", x);
    String operator = "adaptive_avg_pool" + dimensions + "d";
    List<Integer> windows =
        PerDimension.spread(operator, x, "sizes", PerDimension.of(sizes), dimensions);
    if (windows.stream().anyMatch(w -> w < 1)) {
      throw Mismatch.of(operator, x, "sizes of 1 or more", windows.toString());
    }
    Shape shape = x.shape();
    List<Object> arguments = new ArrayList<>(List.of(x, windows));
    for (int d = 0; d < dimensions; d++) {
      shape = shape.with(d + 2, windows.get(d));
    }
    return x.graph().call(operator, x.dtype(), shape, arguments.toArray());
  }
}
