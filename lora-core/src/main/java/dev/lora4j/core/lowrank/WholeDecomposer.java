package dev.lora4j.core.lowrank;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.LinearAlgebra;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.SeededNumbers;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Singular values and vectors of a matrix that is at hand as a whole, [out, rest] in F32.
 *
 * <p>Exactly: the eigenvectors of the product of the matrix with itself, of the smaller of both
 * sizes, in F64; see {@link Gram} for why that is enough. Or some of them by a {@link Range}.
 */
final class WholeDecomposer {
  private static final Shape MATRIX = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
  private static final Shape VALUES = Shape.of(Shape.UNKNOWN);

  /** Relative to the greatest eigenvalue: the root is what F32 resolves. */
  private static final double NOTHING = 1e-13;

  /**
   * The greatest directions.
   *
   * @param left whether {@code vectors} are the left ones
   * @param vectors F64 [out or rest, directions]
   */
  record Directions(Tensor matrix, Spectrum spectrum, boolean left, Tensor sigma, Tensor vectors) {}

  private final Scope scope;
  private final Map<Object, Program> programs = new ConcurrentHashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  WholeDecomposer(Scope scope) {
    this.scope = scope;
  }

  /** All directions. */
  Directions exact(Scope owner, Tensor matrix) {
    boolean left = matrix.shape().size(0) <= matrix.shape().size(1);
    List<Tensor> out = programs.computeIfAbsent(left, k -> decomposing(left)).run(owner, matrix);
    double[] sigma = HostTensor.of(out.get(0)).doubles();
    return new Directions(matrix, new Spectrum(sigma), left, out.get(0), out.get(1));
  }

  /**
   * The greatest directions, or a little less than these.
   *
   * @param most how many may be wanted
   */
  Directions randomised(Scope owner, Tensor matrix, int most, Range range) {
    long least = Math.min(matrix.shape().size(0), matrix.shape().size(1));
    int count = (int) Math.min(least, (long) most + range.extra());
    List<Tensor> out =
        programs
            .computeIfAbsent(range.rounds(), k -> searching(range.rounds()))
            .run(
                owner,
                matrix,
                Tensor.ofLongs(owner, Shape.of(), range.seed()),
                Tensor.of(owner, Shape.of(count), new float[count]));
    double[] sigma = HostTensor.of(out.get(0)).doubles();
    double found = 0;
    for (double s : sigma) {
      found += s * s;
    }
    double whole = HostTensor.of(out.get(2)).doubles()[0];
    double rest = count == least ? 0 : Math.sqrt(Math.max(0, whole - found));
    return new Directions(matrix, new Spectrum(sigma, rest), true, out.get(0), out.get(1));
  }

  /** Down [rank, rest] with orthonormal rows, up [out, rank] with the singular values. */
  List<HostTensor> cut(Directions all, int rank, DType stored) {
    try (Scope work = scope.child("cut")) {
      Tensor count = Tensor.of(work, Shape.of(rank), new float[rank]);
      return programs
          .computeIfAbsent(List.of(all.left(), stored), k -> cutting(all.left(), stored))
          .run(work, all.matrix(), all.sigma(), all.vectors(), count)
          .stream()
          .map(HostTensor::of)
          .toList();
    }
  }

  private Program decomposing(boolean left) {
    Graph graph = new Graph();
    Expr x = graph.input("matrix", DType.F32, MATRIX).to(DType.F64);
    Expr gram = left ? x.matmul(x.transpose(0, 1)) : x.transpose(0, 1).matmul(x);
    return graph.inference(scope, directions(gram));
  }

  /** Singular values, falling, and vectors in columns. */
  private static List<Expr> directions(Expr gram) {
    LinearAlgebra.Eigen found = gram.eigh();
    Expr squares = found.values().flip(0);
    Expr present = squares.gt(squares.slice(0, 0, 1).mul(NOTHING));
    return List.of(squares.sqrt().maskedFill(present.not(), 0), found.vectors().flip(1));
  }

  private Program searching(int rounds) {
    Graph graph = new Graph();
    Expr x = graph.input("matrix", DType.F32, MATRIX);
    Expr seed = graph.input("seed", DType.I64, Shape.of());
    // Only its size is read: the rank is the run's business, not the program's.
    Dim count = graph.input("count", DType.F32, VALUES).dim(0);
    Expr rows = Constants.arange(graph, DType.I64, x.dim(1));
    Expr y = x.matmul(SeededNumbers.of(seed, rows).normal(DType.F32, count));
    for (int i = 0; i < rounds; i++) {
      // Without this the greatest direction would drown the others after a round.
      Expr back = x.transpose(0, 1).matmul(y.qr().q());
      y = x.matmul(back.qr().q());
    }
    Expr q = y.to(DType.F64).qr().q();
    Expr whole = x.to(DType.F64);
    Expr inside = q.transpose(0, 1).matmul(whole);
    List<Expr> found = directions(inside.matmul(inside.transpose(0, 1)));
    return graph.inference(
        scope, List.of(found.get(0), q.matmul(found.get(1)), whole.mul(whole).sum()));
  }

  private Program cutting(boolean left, DType stored) {
    Graph graph = new Graph();
    Expr x = graph.input("matrix", DType.F32, MATRIX).to(DType.F64);
    Expr sigma = graph.input("sigma", DType.F64, VALUES);
    Expr vectors = graph.input("vectors", DType.F64, MATRIX);
    Dim rank = graph.input("rank", DType.F32, VALUES).dim(0);
    Expr kept = vectors.narrow(1, Dim.of(0), rank);
    Expr lengths = sigma.narrow(0, Dim.of(0), rank);
    if (!left) {
      return graph.inference(
          scope, List.of(kept.transpose(0, 1).to(stored), x.matmul(kept).to(stored)));
    }
    Expr inverse = lengths.reciprocal().maskedFill(lengths.le(0), 0).unsqueeze(1);
    Expr down = kept.transpose(0, 1).matmul(x).mul(inverse);
    return graph.inference(
        scope, List.of(down.to(stored), kept.mul(lengths.unsqueeze(0)).to(stored)));
  }
}
