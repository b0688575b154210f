package dev.lora4j.core.lowrank;

import dev.lora4j.core.lowrank.LanczosSvd.Found;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.LinalgOps;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.SeededNumbers;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Singular values and vectors of a matrix that is at hand as a whole, [out, rest] in F32.
 *
 * <p>Exactly: the eigenvectors of the product of the matrix with itself, of the smaller of both
 * sizes, in F64; see {@link Gram} for why that is enough. Or some of them by a {@link RangeFinder}.
 */
final class MatrixDecomposer {
  private static final Shape MATRIX = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
  private static final Shape VALUES = Shape.of(Shape.UNKNOWN);

  /** A whole change with its copy in F64 would be most of the memory that mixing needs. */
  private static final int PIECES = 8;

  /**
   * The greatest directions.
   *
   * @param left whether {@code vectors} are the left ones
   * @param vectors F64 [out or rest, directions]
   */
  record Directions(Tensor matrix, Spectrum spectrum, boolean left, Tensor sigma, Tensor vectors) {}

  private final Scope scope;
  private final LanczosSvd leading;
  private final Map<Object, Program> programs = new ConcurrentHashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  MatrixDecomposer(Scope scope) {
    this.scope = scope;
    this.leading = new LanczosSvd(scope);
  }

  /**
   * The greatest directions, with the singular values of all unless few of many are wanted.
   *
   * @param wanted how many are looked at
   */
  Directions exact(Scope owner, Tensor matrix, int wanted) {
    boolean left = matrix.shape().size(0) <= matrix.shape().size(1);
    long size = matrix.shape().size(left ? 0 : 1);
    Optional<Found> few =
        LanczosSvd.few(wanted, size) ? leading.of(owner, matrix, wanted) : Optional.empty();
    if (few.isPresent()) {
      return directions(owner, matrix, left, few.get());
    }
    try (Scope work = owner.child("gram")) {
      Tensor gram = programs.computeIfAbsent(left, k -> multiplying(left)).run(work, matrix).get(0);
      int kept = (int) Math.min(wanted, size);
      Tensor count = Tensor.of(work, Shape.of(kept), new float[kept]);
      List<Tensor> out =
          programs.computeIfAbsent("decompose", k -> decomposing()).run(owner, gram, count);
      double[] sigma = HostTensor.of(out.get(0)).doubles();
      return new Directions(matrix, new Spectrum(sigma), left, out.get(0), out.get(1));
    }
  }

  private Directions directions(Scope owner, Tensor matrix, boolean left, Found few) {
    Tensor sigma =
        programs.computeIfAbsent("sigma", k -> lengths()).run(owner, few.squares()).get(0);
    double found = 0;
    for (double square : HostTensor.of(few.squares()).doubles()) {
      found += square;
    }
    double rest = Math.sqrt(Math.max(0, few.all() - found));
    Spectrum spectrum = new Spectrum(HostTensor.of(sigma).doubles(), rest);
    return new Directions(matrix, spectrum, left, sigma, few.vectors());
  }

  /**
   * The greatest directions, or a little less than these.
   *
   * @param most how many may be wanted
   */
  Directions randomised(Scope owner, Tensor matrix, int most, RangeFinder range) {
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

  private Program multiplying(boolean left) {
    Graph graph = new Graph();
    Expr x = graph.input("matrix", DType.F32, MATRIX);
    Expr gram =
        summed(
            x, left ? 1 : 0, p -> left ? p.matmul(p.transpose(0, 1)) : p.transpose(0, 1).matmul(p));
    return graph.inference(scope, List.of(gram));
  }

  /**
   * Program for all singular values and the requested vectors: reversing all of them would take a
   * copy of all.
   */
  private Program decomposing() {
    Graph graph = new Graph();
    Expr gram = graph.input("gram", DType.F64, MATRIX);
    Dim wanted = graph.input("wanted", DType.F32, VALUES).dim(0);
    LinalgOps.Eigen found = gram.eigh();
    Expr greatest = found.vectors().narrow(1, gram.dim(1).minus(wanted), wanted).flip(1);
    return graph.inference(scope, List.of(lengths(found.values().flip(0)), greatest));
  }

  /** Singular values of the squares that were found. */
  private Program lengths() {
    Graph graph = new Graph();
    return graph.inference(scope, List.of(lengths(graph.input("squares", DType.F64, VALUES))));
  }

  /** The sum of all squares of an F32 matrix, a scalar, F64. */
  static Expr squares(Expr x) {
    return summed(x, 1, p -> p.mul(p).sum());
  }

  /**
   * Sum over pieces of an F32 matrix, each in F64.
   *
   * @param d the dimension along which it is divided
   */
  static Expr summed(Expr x, int d, UnaryOperator<Expr> made) {
    // Programs run in the order they were staged in, so that each piece is done with before the
    // next is made.
    Expr sum = made.apply(piece(x, d, 0));
    for (int i = 1; i < PIECES; i++) {
      sum = sum.add(made.apply(piece(x, d, i)));
    }
    return sum;
  }

  private static Expr joined(Expr x, int d, UnaryOperator<Expr> made) {
    List<Expr> all = new ArrayList<>();
    for (int i = 0; i < PIECES; i++) {
      all.add(made.apply(piece(x, d, i)));
    }
    return ShapeOps.cat(all, d);
  }

  /** A piece of a matrix in F64, which is divided along a dimension. */
  private static Expr piece(Expr x, int d, int i) {
    Dim size = x.dim(d).over(PIECES);
    Dim from = size.times(i);
    return x.narrow(d, from, i < PIECES - 1 ? size : x.dim(d).minus(from)).to(DType.F64);
  }

  /** Singular values, falling, and vectors in columns. */
  private static List<Expr> directions(Expr gram) {
    LinalgOps.Eigen found = gram.eigh();
    Expr squares = found.values().flip(0);
    return List.of(lengths(squares), found.vectors().flip(1));
  }

  private static Expr lengths(Expr squares) {
    Expr present = squares.gt(squares.slice(0, 0, 1).mul(Gram.NOTHING));
    return squares.sqrt().maskedFill(present.not(), 0);
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
    Expr across = q.transpose(0, 1);
    Expr gram =
        summed(
            x,
            1,
            p -> {
              Expr inside = across.matmul(p);
              return inside.matmul(inside.transpose(0, 1));
            });
    List<Expr> found = directions(gram);
    return graph.inference(scope, List.of(found.get(0), q.matmul(found.get(1)), squares(x)));
  }

  private Program cutting(boolean left, DType stored) {
    Graph graph = new Graph();
    Expr x = graph.input("matrix", DType.F32, MATRIX);
    Expr sigma = graph.input("sigma", DType.F64, VALUES);
    Expr vectors = graph.input("vectors", DType.F64, MATRIX);
    Dim rank = graph.input("rank", DType.F32, VALUES).dim(0);
    Expr kept = vectors.narrow(1, Dim.of(0), rank);
    Expr lengths = sigma.narrow(0, Dim.of(0), rank);
    if (!left) {
      Expr up = joined(x, 0, p -> p.matmul(kept).to(stored));
      return graph.inference(scope, List.of(kept.transpose(0, 1).to(stored), up));
    }
    Expr inverse = lengths.reciprocal().maskedFill(lengths.le(0), 0).unsqueeze(1);
    Expr rows = kept.transpose(0, 1).mul(inverse);
    Expr down = joined(x, 1, p -> rows.matmul(p).to(stored));
    return graph.inference(scope, List.of(down, kept.mul(lengths.unsqueeze(0)).to(stored)));
  }
}
