package dev.lora4j.core.train.local;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.LinalgOps;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;

/**
 * The mean of products of two factors, as a product of two factors of the same rank.
 *
 * <p>The mean of products is not the product of the means: it has up to as many times the rank as
 * there are products. It is cut to the rank by singular values, which thin QR makes a small problem
 * of. Of all pairs with that product, the one whose down is nearest to the mean of the downs is
 * taken, so that an optimizer's memories of the factors keep their meaning.
 *
 * <p>Working: with {@code D} the stacked downs, {@code U} the ups side by side times their shares
 * and {@code D' = Q R}, the mean is {@code P Q'} with {@code P = U R'}. Right singular vectors
 * {@code V} of {@code [P; c A]}, where {@code A = mean down Q} and c is tiny, span the rows of the
 * best approximation; where the mean has fewer directions than the rank, they go on with those of
 * the mean down, which would otherwise be lost while ups are still 0. With the singular value
 * decomposition {@code A V = X S Y'} the result is {@code down = X T Y' V' Q'} and {@code up = P V
 * Y T^-1 X'}. T is S, with a floor: where a direction of V is hardly in the mean down, an up would
 * have to be huge to make up for it.
 */
final class ProductMean implements AutoCloseable {
  /** Weight of the mean down's directions against those of the mean of products. */
  private static final double LAST = 1e-6;

  /** Least length of a direction of the down, as a share of their mean length. */
  private static final double FLOOR = 0.1;

  /** Keeps divisions by zero away, far below all that has a meaning. */
  private static final double TINY = 1e-30;

  private static final Shape MATRIX = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);

  private final Scope scope;
  private final Program program;

  /** A pair of factors in F64: down [rank, rest], up [out, rank]. */
  record Pair(HostTensor down, HostTensor up) {}

  ProductMean(Scope owner) {
    scope = owner.child("product mean");
    program = program(scope);
  }

  private static Program program(Scope scope) {
    Graph graph = new Graph();
    Expr downs = graph.input("downs", DType.F64, MATRIX);
    Expr ups = graph.input("ups", DType.F64, MATRIX);
    Expr mean = graph.input("mean", DType.F64, MATRIX);
    // Only its size is read.
    Dim kept = graph.input("kept", DType.F32, Shape.of(Shape.UNKNOWN)).dim(0);
    LinalgOps.Qr rows = downs.transpose(0, 1).qr();
    Expr product = ups.matmul(rows.r().transpose(0, 1));
    Expr own = mean.matmul(rows.q());
    Expr length = own.norm();
    Expr last = product.norm().mul(LAST).div(length.add(TINY)).add(TINY);
    Expr directions = product.cat(0, own.mul(last)).svd().vh().narrow(0, Dim.of(0), kept);
    LinalgOps.Svd turn = own.matmul(directions.transpose(0, 1)).svd();
    Expr floor = own.mul(own).sum(1).mean().sqrt().mul(FLOOR).add(TINY);
    Expr lengths = turn.values().maximum(floor);
    Expr left = turn.u();
    Expr right = turn.vh().matmul(directions);
    Expr down = left.mul(lengths.unsqueeze(0)).matmul(right).matmul(rows.q().transpose(0, 1));
    Expr up =
        product
            .matmul(right.transpose(0, 1))
            .div(lengths.unsqueeze(0))
            .matmul(left.transpose(0, 1));
    return graph.inference(scope, List.of(down, up));
  }

  /**
   * Takes the mean.
   *
   * @param pairs all of the same shapes
   * @param shares of the pairs in the mean, which add up to 1
   */
  Pair of(List<Pair> pairs, double[] shares) {
    Shape down = pairs.get(0).down().shape();
    Shape up = pairs.get(0).up().shape();
    int rank = Math.toIntExact(down.size(0));
    int inner = pairs.size() * rank;
    double[] downs = new double[Math.toIntExact(inner * down.size(1))];
    double[] ups = new double[Math.toIntExact(up.size(0) * inner)];
    double[] meanDown = new double[Math.toIntExact(down.elements())];
    double[] meanUp = new double[Math.toIntExact(up.elements())];
    for (int p = 0; p < pairs.size(); p++) {
      double[] rows = pairs.get(p).down().doubles();
      double[] columns = pairs.get(p).up().doubles();
      System.arraycopy(rows, 0, downs, p * rows.length, rows.length);
      for (int i = 0; i < rows.length; i++) {
        meanDown[i] += shares[p] * rows[i];
      }
      for (int i = 0; i < columns.length; i++) {
        double part = shares[p] * columns[i];
        ups[i / rank * inner + p * rank + i % rank] = part;
        meanUp[i] += part;
      }
    }
    HostTensor mean = matrix(down, meanDown);
    if (zero(meanDown)) {
      // There is nothing to turn to, and downs that are all 0 make no change.
      return new Pair(mean, matrix(up, meanUp));
    }
    try (Scope work = scope.child("mean")) {
      int kept = Math.toIntExact(Math.min(rank, down.size(1)));
      List<Tensor> found =
          program.run(
              work,
              matrix(Shape.of(inner, down.size(1)), downs).on(work),
              matrix(Shape.of(up.size(0), inner), ups).on(work),
              mean.on(work),
              Tensor.of(work, Shape.of(kept), new float[kept]));
      return new Pair(HostTensor.of(found.get(0)), HostTensor.of(found.get(1)));
    }
  }

  private static boolean zero(double[] all) {
    for (double one : all) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }

  private static HostTensor matrix(Shape shape, double[] values) {
    return HostTensor.of(DType.F64, shape, values);
  }

  @Override
  public void close() {
    scope.close();
  }
}
