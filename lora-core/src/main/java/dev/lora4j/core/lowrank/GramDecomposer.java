package dev.lora4j.core.lowrank;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Runs the decomposition of {@link Gram} for whole batches, and cuts its result to a rank. */
final class GramDecomposer {
  private static final Shape MATRICES = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, Shape.UNKNOWN);
  private static final Shape ROWS = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);

  /**
   * Result of {@link Gram} as tensors of a scope.
   *
   * @param spectra the singular values of each site, without its share
   */
  record Decomposed(
      Tensor down, Tensor up, List<Spectrum> spectra, Tensor sigma, Tensor left, Tensor right) {}

  private final Scope scope;
  private final Map<Object, Program> programs = new ConcurrentHashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  GramDecomposer(Scope scope) {
    this.scope = scope;
  }

  /**
   * Decomposes all sites of a batch.
   *
   * @param down F32 [sites, rank, rest]
   * @param up F32 [sites, out, rank]
   */
  Decomposed decompose(Scope owner, Tensor down, Tensor up) {
    List<Tensor> out =
        programs.computeIfAbsent("decompose", k -> decomposing()).run(owner, down, up);
    double[] all = HostTensor.of(out.get(0)).doubles();
    int sites = Math.toIntExact(down.shape().size(0));
    int rank = all.length / sites;
    List<Spectrum> spectra = new ArrayList<>();
    for (int i = 0; i < sites; i++) {
      spectra.add(new Spectrum(Arrays.copyOfRange(all, i * rank, (i + 1) * rank)));
    }
    return new Decomposed(down, up, spectra, out.get(0), out.get(1), out.get(2));
  }

  /**
   * The first directions of each site: down [sites, rank, rest] with orthonormal rows and up
   * [sites, out, rank] with orthogonal columns, which have the singular values as lengths; in
   * {@code stored}.
   */
  List<HostTensor> cut(Decomposed all, int rank, DType stored) {
    try (Scope work = scope.child("cut")) {
      Tensor count = Tensor.of(work, Shape.of(rank), new float[rank]);
      return programs
          .computeIfAbsent(stored, k -> cutting(stored))
          .run(work, all.down(), all.up(), all.sigma(), all.left(), all.right(), count)
          .stream()
          .map(HostTensor::of)
          .toList();
    }
  }

  private Program decomposing() {
    Graph graph = new Graph();
    Expr down = graph.input("down", DType.F32, MATRICES).to(DType.F64);
    Expr up = graph.input("up", DType.F32, MATRICES).to(DType.F64);
    Gram gram = Gram.of(down, up);
    return graph.inference(scope, List.of(gram.sigma(), gram.left(), gram.right()));
  }

  private Program cutting(DType stored) {
    Graph graph = new Graph();
    Expr down = graph.input("down", DType.F32, MATRICES).to(DType.F64);
    Expr up = graph.input("up", DType.F32, MATRICES).to(DType.F64);
    Expr sigma = graph.input("sigma", DType.F64, ROWS);
    Expr left = graph.input("left", DType.F64, MATRICES);
    Expr right = graph.input("right", DType.F64, MATRICES);
    // Only its size is read: the rank is the run's business, not the program's.
    Dim rank = graph.input("rank", DType.F32, Shape.of(Shape.UNKNOWN)).dim(0);
    Expr lengths = first(sigma, 1, rank).unsqueeze(1);
    Expr ups = up.matmul(first(left, 2, rank).mul(lengths));
    Expr downs = first(right, 1, rank).matmul(down);
    return graph.inference(scope, List.of(downs.to(stored), ups.to(stored)));
  }

  private static Expr first(Expr x, int d, Dim count) {
    return x.narrow(d, Dim.of(0), count);
  }
}
