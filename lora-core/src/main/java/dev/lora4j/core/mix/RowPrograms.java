package dev.lora4j.core.mix;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Programs that write to the slots of {@link RowFactors}, which they hold. */
final class RowPrograms {
  private static final Shape ANY = Shape.of(Shape.UNKNOWN);
  private static final Shape SLOTS = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, Shape.UNKNOWN);

  private final Scope scope;
  private final DType type;
  private final Program empty;
  private final Program copy;
  private final Map<DType, Program> writes = new ConcurrentHashMap<>();

  /**
   * Compiles them, owned by {@code scope}.
   *
   * @param type of the factors
   */
  RowPrograms(Scope scope, DType type) {
    this.scope = scope;
    this.type = type;
    this.empty = emptying();
    this.copy = copying();
  }

  /**
   * Slots of zeros. Inputs: I64 of as many elements as there are slots, directions of each at a
   * site, numbers of a direction, and sites.
   */
  Program empty() {
    return empty;
  }

  /** Copies slots to others at once. Inputs: I64 [n] which, and I64 [n] to which. */
  Program copy() {
    return copy;
  }

  /**
   * Writes to a slot. Inputs: I64 [1] its number, the numbers [1, rank, numbers] and the scales F32
   * [1, sites, rank].
   *
   * @param stored type of the numbers
   */
  Program write(DType stored) {
    return writes.computeIfAbsent(stored, this::writing);
  }

  private Program emptying() {
    Graph graph = new Graph();
    Expr slots = graph.input("slots", DType.I64, ANY);
    Expr rank = graph.input("rank", DType.I64, ANY);
    Expr numbers = graph.input("numbers", DType.I64, ANY);
    Expr sites = graph.input("sites", DType.I64, ANY);
    return graph.inference(
        scope,
        List.of(
            Constants.zeros(graph, type, slots.dim(0), rank.dim(0), numbers.dim(0)),
            Constants.zeros(graph, DType.F32, slots.dim(0), sites.dim(0), rank.dim(0))));
  }

  private Program copying() {
    Graph graph = new Graph();
    Expr from = graph.input("from", DType.I64, ANY);
    Expr to = graph.input("to", DType.I64, ANY);
    for (Expr part : held(graph)) {
      graph.effect("index_copy_", part, 0, to, part.indexSelect(0, from));
    }
    return graph.inference(scope, List.of(to));
  }

  private Program writing(DType stored) {
    Graph graph = new Graph();
    Expr to = graph.input("to", DType.I64, Shape.of(1));
    Expr numbers = graph.input("numbers", stored, Shape.of(1, Shape.UNKNOWN, Shape.UNKNOWN));
    Expr scales = graph.input("scales", DType.F32, Shape.of(1, Shape.UNKNOWN, Shape.UNKNOWN));
    List<Expr> parts = held(graph);
    graph.effect("index_copy_", parts.get(0), 0, to, numbers.to(type));
    graph.effect("index_copy_", parts.get(1), 0, to, scales);
    // What it changes is held; an output shows its end.
    return graph.inference(scope, List.of(to));
  }

  private List<Expr> held(Graph graph) {
    return List.of(
        graph.held(RowAdapters.FACTORS, type, SLOTS),
        graph.held(RowAdapters.SCALES, DType.F32, SLOTS));
  }
}
