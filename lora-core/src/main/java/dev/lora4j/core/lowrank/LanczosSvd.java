package dev.lora4j.core.lowrank;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The greatest singular values of a matrix in F32, and the vectors of its smaller side, by block
 * Lanczos with full orthogonalisation (Golub and Underwood 1977): a block of random vectors,
 * multiplied repeatedly with the matrix and its transpose. Few of many directions cost a fraction
 * of all.
 *
 * <p>Each block reduces the error by less than the one before. It continues until all further
 * blocks together, at the rate of the last two, would reduce the squared error by no more than
 * {@link #EXCESS} of itself; and it gives up where the full decomposition is faster. The matrix is
 * multiplied in F32, as precise as it is; all else is F64, and so is the last product, which
 * measures the error. A block has at least as many vectors as requested, so that it finds every
 * direction however many have the same value.
 */
final class LanczosSvd {
  /** Share of the squared error that all further blocks may save. */
  static final double EXCESS = 1e-6;

  /** Bound on the rounding error of a square in F32, relative to all squares. */
  private static final double ROUNDING = 1e-13;

  /** Products of blocks with fewer vectors take no less time. */
  private static final int LEAST_BLOCK = 16;

  /** Matrices of fewer blocks are decomposed as soon. */
  private static final int LEAST_BLOCKS = 8;

  /** Blocks before the first look; fewer have found too little. */
  private static final int UNSEEN = 3;

  /**
   * Greatest share of the directions for which a search pays: a failed search costs more than it
   * might save.
   */
  private static final double SEARCHED = 0.5;

  private static final Shape MATRIX = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
  private static final Shape VALUES = Shape.of(Shape.UNKNOWN);

  /**
   * Directions found.
   *
   * @param squares of the singular values, F64 [count], falling
   * @param vectors F64 [smaller side, count]
   * @param all sum of the squares of all singular values
   */
  record Found(Tensor squares, Tensor vectors, double all) {}

  private final Scope scope;
  private final Map<String, Program> programs = new ConcurrentHashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  LanczosSvd(Scope scope) {
    this.scope = scope;
  }

  /** Returns true if so few directions of so many are worth a search. */
  static boolean few(int count, long size) {
    return count <= size && size >= (long) LEAST_BLOCKS * block(count);
  }

  private static int block(int count) {
    return Math.max(LEAST_BLOCK, count);
  }

  /**
   * Finds the greatest singular values; empty if the full decomposition is faster.
   *
   * @param owner of the result
   * @param matrix F32 [rows, columns]
   * @param count how many; see {@link #few}
   * @return none if they do not come forth sooner than all directions would, or numbers are none
   */
  Optional<Found> of(Scope owner, Tensor matrix, int count) {
    boolean left = matrix.shape().size(0) <= matrix.shape().size(1);
    long size = matrix.shape().size(left ? 0 : 1);
    int block = block(count);
    try (Scope work = owner.child("leading")) {
      Tensor wanted = Tensor.of(work, Shape.of(count), new float[count]);
      Tensor width = Tensor.of(work, Shape.of(block), new float[block]);
      Tensor seed = Tensor.ofLongs(work, Shape.of(), 0);
      List<Tensor> first = program("begin", left, this::beginning).run(work, matrix, seed, width);
      double all = HostTensor.of(first.get(2)).doubles()[0];
      Tensor vectors = first.get(0);
      Tensor products = first.get(1);
      double before = Double.NEGATIVE_INFINITY;
      double gained = Double.POSITIVE_INFINITY;
      for (int blocks = 1; (long) (blocks + 1) * block <= SEARCHED * size; blocks++) {
        List<Tensor> grown =
            program("grow", left, this::growing)
                .run(work, matrix, vectors, products, first.get(3), width);
        vectors = grown.get(0);
        products = grown.get(1);
        if (blocks < UNSEEN) {
          continue;
        }
        List<Tensor> seen = program("look", true, l -> looking()).run(work, products, wanted);
        double sum = HostTensor.of(seen.get(0)).doubles()[0];
        double gain = sum - before;
        if (gain <= ROUNDING * all || further(gain, gained) <= EXCESS * (all - sum)) {
          List<Tensor> found =
              program("end", left, this::ending).run(owner, matrix, vectors, seen.get(1));
          return Optional.of(new Found(found.get(0), found.get(1), all));
        }
        before = sum;
        gained = gain;
      }
      return Optional.empty();
    }
  }

  /** Gain of all further blocks, if each gains the same share of the one before. */
  private static double further(double gain, double before) {
    double share = gain / before;
    return share < 1 && before < Double.POSITIVE_INFINITY
        ? gain * share / (1 - share)
        : Double.POSITIVE_INFINITY;
  }

  private Program program(String name, boolean left, Function<Boolean, Program> staged) {
    return programs.computeIfAbsent(name + left, k -> staged.apply(left));
  }

  private static Expr turned(Expr matrix, boolean left) {
    return left ? matrix : matrix.transpose(0, 1);
  }

  private Program beginning(boolean left) {
    Graph graph = new Graph();
    Expr x = graph.input("matrix", DType.F32, MATRIX);
    Expr matrix = turned(x, left);
    Expr seed = graph.input("seed", DType.I64, Shape.of());
    Dim width = graph.input("width", DType.F32, VALUES).dim(0);
    Expr rows = Constants.arange(graph, DType.I64, matrix.dim(0));
    Expr random = SeededNumbers.of(seed, rows).normal(DType.F32, width).to(DType.F64);
    Expr none = matrix.transpose(0, 1).narrow(1, Dim.of(0), Dim.of(0));
    Expr all = MatrixDecomposer.squares(x);
    Expr inverse = all.sqrt().reciprocal().maskedFill(all.le(0), 0).to(DType.F32);
    return graph.inference(scope, List.of(random.qr().q(), none, all, inverse));
  }

  private Program growing(boolean left) {
    Graph graph = new Graph();
    Expr matrix = turned(graph.input("matrix", DType.F32, MATRIX), left);
    Expr vectors = graph.input("vectors", DType.F64, MATRIX);
    Expr products = graph.input("products", DType.F32, MATRIX);
    Expr inverse = graph.input("inverse", DType.F32, Shape.of());
    Dim width = graph.input("width", DType.F32, VALUES).dim(0);
    Expr last = vectors.narrow(1, vectors.dim(1).minus(width), width).to(DType.F32);
    Expr product = matrix.transpose(0, 1).matmul(last);
    // The square of a small or a great matrix would leave what F32 holds.
    Expr back = matrix.matmul(product.mul(inverse)).to(DType.F64);
    Expr next = outside(outside(back, vectors), vectors);
    return graph.inference(
        scope,
        List.of(
            ShapeOps.cat(List.of(vectors, next), 1), ShapeOps.cat(List.of(products, product), 1)));
  }

  /*
   * Made orthonormal each time: where the matrix has no more directions, only rounding is left
   * outside the block, and normalised to length 1 it has a part within the block again.
   */
  private static Expr outside(Expr block, Expr vectors) {
    return block.sub(vectors.matmul(vectors.transpose(0, 1).matmul(block))).qr().q();
  }

  /**
   * Program for the sum of the greatest squares in the searched subspace, and their vectors there.
   */
  private Program looking() {
    Graph graph = new Graph();
    Expr products = graph.input("products", DType.F32, MATRIX).to(DType.F64);
    Dim count = graph.input("wanted", DType.F32, VALUES).dim(0);
    LinalgOps.Eigen all = products.transpose(0, 1).matmul(products).eigh();
    Expr squares = all.values().flip(0).narrow(0, Dim.of(0), count);
    Expr inside = all.vectors().flip(1).narrow(1, Dim.of(0), count);
    return graph.inference(scope, List.of(squares.sum(), inside));
  }

  private Program ending(boolean left) {
    Graph graph = new Graph();
    Expr x = graph.input("matrix", DType.F32, MATRIX);
    Expr vectors = graph.input("vectors", DType.F64, MATRIX);
    Expr inside = graph.input("inside", DType.F64, MATRIX);
    Expr found = vectors.narrow(1, Dim.of(0), inside.dim(0)).matmul(inside);
    Expr across = found.transpose(0, 1);
    Expr gram =
        MatrixDecomposer.summed(
            x,
            left ? 1 : 0,
            piece -> {
              Expr product = across.matmul(turned(piece, left));
              return product.matmul(product.transpose(0, 1));
            });
    LinalgOps.Eigen all = gram.eigh();
    return graph.inference(
        scope, List.of(all.values().flip(0), found.matmul(all.vectors().flip(1))));
  }
}
