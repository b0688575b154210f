package dev.lora4j.core.train.calibration;

import dev.lora4j.core.adapter.training.CordaMode;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
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
 * The covariance {@code C} of an input, made regular, and its inverse. With {@code W C = U S V^T}
 * the factors of a weight are {@code U_r (S_r / scale)^1/2} and {@code (S_r / scale)^1/2 V_r^T
 * C^-1}. In F64.
 *
 * @param scope owner of both, which closes with it
 */
record CovariantDirections(Scope scope, Tensor covariance, Tensor inverse)
    implements AutoCloseable {
  private static final double DAMPING = 0.01;
  private static final double MOST_ERROR = 0.05;
  private static final int MOST_DOUBLINGS = 64;

  /**
   * Adds so much of the mean of the diagonal to it, as in PEFT, that the inverse is one.
   *
   * @param sum of the squares of {@code count} batches, F64 [in, in]
   * @throws IllegalArgumentException if the inputs are 0, or no inverse is found
   */
  static CovariantDirections of(Scope owner, Site site, Tensor sum, int count) {
    Scope scope = owner.child("directions");
    try (Program program = program(scope, site, count)) {
      double damping = DAMPING;
      for (int i = 0; i < MOST_DOUBLINGS; i++) {
        // Squares of a failed attempt do not outlive it.
        try (Scope attempt = scope.child("attempt")) {
          Tensor now = HostTensor.of(DType.F64, Shape.of(), new double[] {damping}).on(attempt);
          List<Tensor> out = program.run(attempt, sum, now);
          if (HostTensor.of(out.get(3)).doubles()[0] == 0) {
            throw none(site, "they are 0 in all batches");
          }
          if (HostTensor.of(out.get(2)).doubles()[0] < MOST_ERROR) {
            return new CovariantDirections(
                scope, out.get(0).moveTo(scope), out.get(1).moveTo(scope));
          }
        }
        damping *= 2;
      }
      throw none(site, "their covariance has no inverse");
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  private static Program program(Scope scope, Site site, int count) {
    Graph graph = new Graph();
    Dim width = Dim.of(site.in());
    Expr all = graph.input("sum", DType.F64, Shape.of(site.in(), site.in())).div((double) count);
    Expr damping = graph.input("damping", DType.F64, Shape.of());
    Expr unit = Constants.eye(graph, DType.F64, width);
    Expr mean = all.mul(unit).sum().div((double) site.in());
    Expr regular = all.add(unit.mul(mean).mul(damping));
    // A singular matrix would end the program without a word of the layer.
    Expr inverse = regular.add(unit.mul(mean.eq(0).to(DType.F64))).inverse();
    Expr error = regular.matmul(inverse).sub(unit).norm().reshape(1);
    return graph.inference(scope, List.of(regular, inverse, error, mean.reshape(1)));
  }

  private static IllegalArgumentException none(Site site, String why) {
    return new IllegalArgumentException(
        "init = corda looks at the inputs of "
            + site.name()
            + ", and "
            + why
            + "; leave this layer out, or take another init.");
  }

  /** Down and up of a weight, F32. */
  List<HostTensor> factors(Site site, SiteRecipe recipe, CordaMode mode, Tensor weight) {
    long r = recipe.rank();
    long width = site.in();
    long from = mode == CordaMode.IPM ? 0 : Math.min(site.out(), width) - r;
    try (Scope work = scope.child("decomposition")) {
      Graph graph = new Graph();
      Expr w = graph.input("weight", weight.dtype(), Shape.of(site.out(), width)).to(DType.F64);
      Expr c = graph.input("covariance", DType.F64, Shape.of(width, width));
      Expr inverse = graph.input("inverse", DType.F64, Shape.of(width, width));
      LinalgOps.Svd svd = w.matmul(c).svd();
      Expr rows = svd.vh().slice(0, from, from + r).matmul(inverse);
      // Of the two signs that a pair of directions may have, the one by the greatest element.
      Expr sign = rows.gather(1, rows.abs().argmax(1).reshape(r, 1)).sign();
      Expr root = svd.values().slice(0, from, from + r).div(recipe.scale()).sqrt();
      Expr down = rows.mul(sign).mul(root.reshape(r, 1)).to(DType.F32);
      Expr up =
          svd.u()
              .slice(1, from, from + r)
              .mul(sign.reshape(1, r))
              .mul(root.reshape(1, r))
              .to(DType.F32);
      Program program = graph.inference(work, List.of(down.contiguous(), up.contiguous()));
      List<Tensor> out = program.run(work, weight, covariance, inverse());
      return List.of(HostTensor.of(out.get(0)), HostTensor.of(out.get(1)));
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
