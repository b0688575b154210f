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
import dev.lora4j.core.tensor.Shaping;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The greatest eigenvalues of a symmetric matrix without negative ones, and their vectors, by block
 * Lanczos with full orthogonalisation (Golub and Underwood 1977): a block of random vectors, and
 * what the matrix makes of it again and again. Few of many directions cost a fraction of all.
 *
 * <p>As exact as a decomposition: it goes on until each pair misses its equation by no more than
 * {@link #MISSED} of its value, and gives up where all directions would come sooner. A block has as
 * many vectors as are wanted, so that no direction is overlooked however many have the same value.
 */
final class LeadingDirections {
  /** The residual that a pair may have, relative to its eigenvalue. */
  static final double MISSED = 1e-9;

  /** Relative to the greatest eigenvalue: below this nothing is told apart in F64. */
  private static final double NOTHING = 1e-13;

  /** Products of blocks with fewer vectors take no less time. */
  private static final int LEAST_BLOCK = 16;

  /** Smaller matrices than so many blocks are decomposed as soon. */
  private static final int LEAST_BLOCKS = 16;

  /** So large a share of all directions takes as long as all. */
  private static final double WORTH = 0.5;

  /** Before these nothing can be said. */
  private static final int FIRST_ROUNDS = 4;

  /** Of the rounds that seem to be needed, as many are made before it looks again. */
  private static final double SHARE = 0.6;

  private static final Shape MATRIX = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
  private static final Shape VALUES = Shape.of(Shape.UNKNOWN);

  /**
   * What was found.
   *
   * @param values F64 [count], falling
   * @param vectors F64 [size, count]
   */
  record Found(Tensor values, Tensor vectors) {}

  /** Orthonormal columns, and what the matrix makes of them. */
  private record Basis(Tensor vectors, Tensor products) {
    static Basis of(List<Tensor> pair) {
      return new Basis(pair.get(0), pair.get(1));
    }

    long size() {
      return vectors.shape().size(1);
    }
  }

  private final Scope scope;
  private final Map<Object, Program> programs = new ConcurrentHashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  LeadingDirections(Scope scope) {
    this.scope = scope;
  }

  /** Whether so few directions of so many are worth looking for. */
  static boolean few(int count, long size) {
    return size >= (long) LEAST_BLOCKS * Math.max(LEAST_BLOCK, count);
  }

  /**
   * Looks for them.
   *
   * @param owner of the result
   * @param matrix F64 [size, size]
   * @param count how many; see {@link #few}
   * @return none if they do not come forth sooner than all directions would
   */
  Optional<Found> of(Scope owner, Tensor matrix, int count) {
    int block = Math.max(LEAST_BLOCK, count);
    double most = WORTH * matrix.shape().size(0);
    try (Scope work = owner.child("leading")) {
      Tensor wanted = Tensor.of(work, Shape.of(count), new float[count]);
      Tensor width = Tensor.of(work, Shape.of(block), new float[block]);
      Tensor seed = Tensor.ofLongs(work, Shape.of(), 0);
      Basis basis = Basis.of(beginning().run(work, matrix, seed, width));
      double before = 1;
      int rounds = FIRST_ROUNDS;
      double needed = rounds;
      while (basis.size() + needed * block <= most) {
        basis =
            Basis.of(growing(rounds).run(work, matrix, basis.vectors(), basis.products(), width));
        List<Tensor> pairs = looking().run(work, basis.vectors(), basis.products(), wanted);
        double missed = missed(pairs.get(0), pairs.get(2));
        if (missed <= MISSED) {
          return Optional.of(new Found(pairs.get(0).moveTo(owner), pairs.get(1).moveTo(owner)));
        }
        needed = Math.log(MISSED / missed) * rounds / Math.log(missed / before);
        rounds = (int) Math.max(1, Math.min(FIRST_ROUNDS, Math.round(SHARE * needed)));
        if (before == 1) {
          // It comes faster the nearer it is: after one look nothing is given up.
          needed = rounds;
        }
        before = missed;
      }
      return Optional.empty();
    }
  }

  /** The greatest residual relative to its eigenvalue, of those that F64 can tell from nothing. */
  private static double missed(Tensor values, Tensor residuals) {
    double[] value = HostTensor.of(values).doubles();
    double[] residual = HostTensor.of(residuals).doubles();
    double missed = 0;
    for (int i = 0; i < value.length; i++) {
      // NaN is no answer, and stays one.
      if (!(residual[i] <= NOTHING * value[0])) {
        missed = Math.max(missed, residual[i] / value[i]);
      }
    }
    return missed;
  }

  private Program beginning() {
    return programs.computeIfAbsent(
        "begin",
        k -> {
          Graph graph = new Graph();
          Expr matrix = graph.input("matrix", DType.F64, MATRIX);
          Expr seed = graph.input("seed", DType.I64, Shape.of());
          Dim width = graph.input("width", DType.F32, VALUES).dim(0);
          Expr rows = Constants.arange(graph, DType.I64, matrix.dim(0));
          Expr random = SeededNumbers.of(seed, rows).normal(DType.F32, width).to(DType.F64);
          Expr vectors = random.qr().q();
          return graph.inference(scope, List.of(vectors, matrix.matmul(vectors)));
        });
  }

  private Program growing(int rounds) {
    return programs.computeIfAbsent(
        rounds,
        k -> {
          Graph graph = new Graph();
          Expr matrix = graph.input("matrix", DType.F64, MATRIX);
          Expr vectors = graph.input("vectors", DType.F64, MATRIX);
          Expr products = graph.input("products", DType.F64, MATRIX);
          Dim width = graph.input("width", DType.F32, VALUES).dim(0);
          for (int i = 0; i < rounds; i++) {
            Expr last = products.narrow(1, products.dim(1).minus(width), width);
            Expr next = outside(outside(last, vectors), vectors);
            vectors = Shaping.cat(List.of(vectors, next), 1);
            products = Shaping.cat(List.of(products, matrix.matmul(next)), 1);
          }
          return graph.inference(scope, List.of(vectors, products));
        });
  }

  /*
   * Made orthonormal each time: where the matrix has no more directions, only rounding is left of
   * what lies outside, and as long vectors as all others it has something inside again.
   */
  private static Expr outside(Expr block, Expr vectors) {
    return block.sub(vectors.matmul(vectors.transpose(0, 1).matmul(block))).qr().q();
  }

  private Program looking() {
    return programs.computeIfAbsent(
        "look",
        k -> {
          Graph graph = new Graph();
          Expr vectors = graph.input("vectors", DType.F64, MATRIX);
          Expr products = graph.input("products", DType.F64, MATRIX);
          Dim count = graph.input("wanted", DType.F32, VALUES).dim(0);
          LinearAlgebra.Eigen all = vectors.transpose(0, 1).matmul(products).eigh();
          Expr values = all.values().flip(0).narrow(0, Dim.of(0), count);
          Expr inside = all.vectors().flip(1).narrow(1, Dim.of(0), count);
          Expr found = vectors.matmul(inside);
          Expr missed = products.matmul(inside).sub(found.mul(values.unsqueeze(0)));
          return graph.inference(scope, List.of(values, found, missed.over(0).norm(2)));
        });
  }
}
