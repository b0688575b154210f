package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Programs that reorder the rows of the key-value cache: [rows, heads, tokens, width] of each
 * layer.
 */
final class CacheReordering {
  private static final String FROM = "from";
  private static final String PLACES = "places";
  private static final String PART = "part:";

  private final Scope scope;
  private final DType type;
  private final Map<Integer, Program> copying = new ConcurrentHashMap<>();
  private final Map<Integer, Program> ordering = new ConcurrentHashMap<>();

  CacheReordering(Scope scope, DType type) {
    this.scope = scope;
    this.type = type;
  }

  /** Repeats each row several times, one after the other, in tensors of the same names. */
  Map<String, Tensor> repeated(Scope owner, Map<String, Tensor> parts, int rows, int times) {
    int[] from = new int[rows * times];
    Arrays.setAll(from, row -> row / times);
    return taken(owner, parts, from);
  }

  /** Copies of these rows, in tensors of the same names. */
  Map<String, Tensor> taken(Scope owner, Map<String, Tensor> parts, int[] rows) {
    SortedMap<String, Tensor> sorted = new TreeMap<>(parts);
    Program program = copying.computeIfAbsent(parts.size(), this::copying);
    long[] from = Arrays.stream(rows).asLongStream().toArray();
    Map<String, Tensor> copies = new HashMap<>();
    try (Scope work = owner.child("rows");
        HeldInputs held = program.hold(work, List.copyOf(sorted.values()))) {
      Tensor order = Tensor.ofLongs(work, Shape.of(from.length), from);
      List<Tensor> all = program.run(owner, held, List.of(order));
      int next = 0;
      for (String name : sorted.keySet()) {
        copies.put(name, all.get(next++));
      }
    }
    return copies;
  }

  /**
   * Tensors whose rows are exchanged in place.
   *
   * @param owner owner of what is gathered for it
   */
  Exchange exchange(Scope owner, Map<String, Tensor> parts) {
    Program program = ordering.computeIfAbsent(parts.size(), this::ordering);
    return new Exchange(program, program.hold(owner, List.copyOf(parts.values())));
  }

  /** See {@link #exchange}. */
  record Exchange(Program program, HeldInputs parts) {
    /**
     * Gives each row the cache of another one.
     *
     * @param from for each row, that other one
     * @param tokens number of tokens in the cache
     */
    void take(Scope work, long[] from, int tokens) {
      Tensor rows = Tensor.ofLongs(work, Shape.of(from.length), from);
      Tensor places = Tensor.ofLongs(work, Shape.of(tokens), new long[tokens]);
      program.run(work, parts, Map.of(FROM, rows, PLACES, places));
    }
  }

  private Program copying(int count) {
    Graph graph = new Graph();
    Expr from = graph.input(FROM, DType.I64, Shape.of(Shape.UNKNOWN));
    List<Expr> copies = new ArrayList<>();
    for (Expr part : parts(graph, count)) {
      copies.add(part.indexSelect(0, from));
    }
    return graph.inference(scope, copies);
  }

  private Program ordering(int count) {
    Graph graph = new Graph();
    Expr from = graph.input(FROM, DType.I64, Shape.of(Shape.UNKNOWN));
    Expr places = graph.input(PLACES, DType.I64, Shape.of(Shape.UNKNOWN));
    for (Expr part : parts(graph, count)) {
      Expr used = part.narrow(2, Dim.of(0), places.dim(0));
      graph.effect("copy_", used, used.indexSelect(0, from));
    }
    return graph.inference(scope, List.of(from));
  }

  private List<Expr> parts(Graph graph, int count) {
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, Shape.UNKNOWN, Shape.UNKNOWN);
    List<Expr> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(graph.held(PART + i, type, any));
    }
    return parts;
  }
}
