package dev.lora4j.core.mixer;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Shaping;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts blocks of rows together to one matrix. */
final class BlockJoin {
  private static final Shape MATRIX = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);

  private final Scope scope;
  private final Map<Integer, Program> programs = new HashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  BlockJoin(Scope scope) {
    this.scope = scope;
  }

  /** F32 [rows of all, columns]. */
  Tensor joined(Scope owner, List<Tensor> blocks) {
    return programs.computeIfAbsent(blocks.size(), this::joining).run(owner, blocks).get(0);
  }

  private Program joining(int count) {
    Graph graph = new Graph();
    List<Expr> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(graph.input("block" + i, DType.F32, MATRIX));
    }
    return graph.inference(scope, List.of(Shaping.cat(blocks, 0)));
  }
}
