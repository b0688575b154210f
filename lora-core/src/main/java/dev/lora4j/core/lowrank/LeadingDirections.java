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

  /** Products of blocks with fewer vectors take no less time. */
  private static final int LEAST_BLOCK = 32;

  /** Matrices of fewer blocks are decomposed as soon. */
  private static final int LEAST_BLOCKS = 32;

  /** Of all directions: what was searched in vain takes longer than what it might save. */
  private static final double SEARCHED = 1.0 / 3;

  /** Blocks that are added before it looks again; to look costs as much as to add one. */
  private static final int ROUNDS = 2;

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
  private final Map<String, Program> programs = new ConcurrentHashMap<>();

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
    double most = SEARCHED * matrix.shape().size(0);
    try (Scope work = owner.child("leading")) {
      Tensor wanted = Tensor.of(work, Shape.of(count), new float[count]);
      Tensor width = Tensor.of(work, Shape.of(block), new float[block]);
      Tensor seed = Tensor.ofLongs(work, Shape.of(), 0);
      Basis basis = Basis.of(beginning().run(work, matrix, seed, width));
      while (basis.size() + (long) ROUNDS * block <= most) {
        basis = Basis.of(growing().run(work, matrix, basis.vectors(), basis.products(), width));
        List<Tensor> pairs = looking().run(work, basis.vectors(), basis.products(), wanted);
        if (missed(pairs.get(0), pairs.get(2)) <= MISSED) {
          return Optional.of(new Found(pairs.get(0).moveTo(owner), pairs.get(1).moveTo(owner)));
        }
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
      if (!(residual[i] <= Gram.NOTHING * value[0])) {
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

  private Program growing() {
    return programs.computeIfAbsent(
        "grow",
        k -> {
          Graph graph = new Graph();
          Expr matrix = graph.input("matrix", DType.F64, MATRIX);
          Expr vectors = graph.input("vectors", DType.F64, MATRIX);
          Expr products = graph.input("products", DType.F64, MATRIX);
          Dim width = graph.input("width", DType.F32, VALUES).dim(0);
          for (int i = 0; i < ROUNDS; i++) {
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
