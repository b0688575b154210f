package dev.lora4j.core.mixer;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A matrix that is written by blocks of rows, each of which can be closed when it is in: blocks
 * that are put together at the end would take as much memory again.
 */
final class BlockedMatrix {
  private static final Shape SIZE = Shape.of(Shape.UNKNOWN);
  private static final Shape MATRIX = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);

  private final Scope scope;
  private final Map<String, Program> programs = new ConcurrentHashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  BlockedMatrix(Scope scope) {
    this.scope = scope;
  }

  /** F32 [rows, columns] of zeros. */
  Tensor of(Scope owner, Shape shape) {
    int rows = Math.toIntExact(shape.size(0));
    int columns = Math.toIntExact(shape.size(1));
    try (Scope sizes = owner.child("sizes")) {
      return programs
          .computeIfAbsent("make", k -> making())
          .run(
              owner,
              Tensor.of(sizes, Shape.of(rows), new float[rows]),
              Tensor.of(sizes, Shape.of(columns), new float[columns]))
          .get(0);
    }
  }

  /**
   * Writes a block.
   *
   * @param work owner of a view of the matrix
   * @param first the place of its first number
   * @param block F32 [rows of the block, columns]
   */
  void write(Scope work, Tensor matrix, long first, Tensor block) {
    programs
        .computeIfAbsent("write", k -> writing())
        .run(work, matrix.view(work, first, block.shape()), block);
  }

  private Program making() {
    Graph graph = new Graph();
    // Only their sizes are read.
    Dim rows = graph.input("rows", DType.F32, SIZE).dim(0);
    Dim columns = graph.input("columns", DType.F32, SIZE).dim(0);
    return graph.inference(scope, List.of(Constants.zeros(graph, DType.F32, rows, columns)));
  }

  private Program writing() {
    Graph graph = new Graph();
    Expr rows = graph.input("rows", DType.F32, MATRIX);
    graph.effect("copy_", rows, graph.input("block", DType.F32, MATRIX));
    return graph.inference(scope, List.of());
  }
}
