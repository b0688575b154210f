package dev.lora4j.core.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives tensors other numbers where they are, so that what holds them sees these. */
final class TensorCopy {
  private record Kind(DType type, int dimensions) {}

  private final Scope scope;
  private final Map<Kind, Program> programs = new HashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  TensorCopy(Scope scope) {
    this.scope = scope;
  }

  /**
   * Copies numbers.
   *
   * @param from of the type and shape of {@code to}
   */
  void copy(HostTensor from, Tensor to) {
    Kind kind = new Kind(to.dtype(), to.shape().rank());
    try (Scope work = scope.child("copy")) {
      programs.computeIfAbsent(kind, this::program).run(work, List.of(to, from.on(work)));
    }
  }

  private Program program(Kind kind) {
    Graph graph = new Graph();
    long[] sizes = new long[kind.dimensions()];
    Arrays.fill(sizes, Shape.UNKNOWN);
    Expr to = graph.input("to", kind.type(), Shape.of(sizes));
    Expr from = graph.input("from", kind.type(), Shape.of(sizes));
    // A product with 1 keeps all bits, a sum with 0 would lose the sign of a zero.
    graph.effect("mul", from, 1, Keyword.of("out", to));
    return graph.inference(scope, List.of(from.to(DType.F32).sum()));
  }
}
