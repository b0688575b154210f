package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.text.network.CacheSize;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs that move, clear and copy slots of a key-value cache: [slots, heads, room, width] for
 * keys and for values of each layer.
 */
final class SlotPrograms {
  /** Input I64 [n]: slots that are read. */
  static final String FROM = "from";

  /** Input I64 [n]: slots that are written. */
  static final String TO = "to";

  /** Input I64 [tokens]: its size is how many tokens of each slot count. */
  static final String TOKENS = "tokens";

  /** Input I64 [slots]: its size is how many slots a new part has. */
  static final String SLOTS = "slots";

  /** Input I64 [room]: its size is how many tokens a slot of a new part has. */
  static final String ROOM = "room";

  /** Input [slots, heads, room, width]: keys or values of a layer. */
  static final String PART = "part";

  /** Input I64 [n]: its size is how many tokens stand before a block. */
  static final String BEFORE = "before";

  /** Input [parts, heads, tokens, width]: keys and values of some tokens of a slot. */
  static final String BLOCK = "block";

  private static final Shape ANY = Shape.of(Shape.UNKNOWN);

  private final CacheSize size;
  private final DType type;
  private final Program move;
  private final Program clear;
  private final Program resize;
  private final Program save;
  private final Program load;

  /** Compiles them, owned by {@code scope}. */
  SlotPrograms(Scope scope, CacheSize size, DType type) {
    this.size = size;
    this.type = type;
    this.move = moving().inferred(scope);
    this.clear = clearing().inferred(scope);
    this.resize = resizing(scope);
    this.save = saving(scope);
    this.load = loading().inferred(scope);
  }

  /** Copies slots {@link #FROM} to slots {@link #TO}; holds all parts. */
  Program move() {
    return move;
  }

  /** Fills slots {@link #TO} with 0; holds all parts. */
  Program clear() {
    return clear;
  }

  /** A {@link #PART} of another shape: slots {@link #TO} are those that were {@link #FROM}. */
  Program resize() {
    return resize;
  }

  /**
   * A block [parts, heads, tokens, width] of {@link #TOKENS} of the slot {@link #FROM}, behind
   * those that are {@link #BEFORE} them; holds all parts.
   */
  Program save() {
    return save;
  }

  /** Writes a {@link #BLOCK} to the slot {@link #TO}, as {@link #save} read it; holds all parts. */
  Program load() {
    return load;
  }

  /** A graph and the output that shows its end, for programs that only change what they hold. */
  private record Change(Graph graph, Expr output) {
    Program inferred(Scope scope) {
      return graph.inference(scope, List.of(output));
    }
  }

  private Change moving() {
    Graph graph = new Graph();
    Expr from = graph.input(FROM, DType.I64, ANY);
    Expr to = graph.input(TO, DType.I64, ANY);
    Dim tokens = graph.input(TOKENS, DType.I64, ANY).dim(0);
    for (Expr part : parts(graph)) {
      Expr used = part.narrow(2, Dim.of(0), tokens);
      graph.effect("index_copy_", used, 0, to, used.indexSelect(0, from));
    }
    return new Change(graph, from);
  }

  private Change clearing() {
    Graph graph = new Graph();
    Expr to = graph.input(TO, DType.I64, ANY);
    Dim tokens = graph.input(TOKENS, DType.I64, ANY).dim(0);
    for (Expr part : parts(graph)) {
      graph.effect("index_fill_", part.narrow(2, Dim.of(0), tokens), 0, to, 0.0);
    }
    return new Change(graph, to);
  }

  private Program resizing(Scope scope) {
    Graph graph = new Graph();
    Expr part = graph.input(PART, type, shape());
    Expr from = graph.input(FROM, DType.I64, ANY);
    Expr to = graph.input(TO, DType.I64, ANY);
    Dim tokens = graph.input(TOKENS, DType.I64, ANY).dim(0);
    Dim slots = graph.input(SLOTS, DType.I64, ANY).dim(0);
    Dim room = graph.input(ROOM, DType.I64, ANY).dim(0);
    Dim heads = Dim.of(size.heads());
    Expr all = Constants.zeros(graph, type, slots, heads, room, Dim.of(size.width()));
    Expr kept = part.narrow(2, Dim.of(0), tokens).indexSelect(0, from);
    graph.effect("index_copy_", all.narrow(2, Dim.of(0), tokens), 0, to, kept);
    return graph.inference(scope, List.of(all));
  }

  private Program saving(Scope scope) {
    Graph graph = new Graph();
    Expr from = graph.input(FROM, DType.I64, ANY);
    Dim before = graph.input(BEFORE, DType.I64, ANY).dim(0);
    Dim tokens = graph.input(TOKENS, DType.I64, ANY).dim(0);
    List<Expr> all =
        parts(graph).stream().map(p -> p.narrow(2, before, tokens).indexSelect(0, from)).toList();
    return graph.inference(scope, List.of(ShapeOps.cat(all, 0)));
  }

  private Change loading() {
    Graph graph = new Graph();
    Expr to = graph.input(TO, DType.I64, ANY);
    Dim before = graph.input(BEFORE, DType.I64, ANY).dim(0);
    Expr block = graph.input(BLOCK, type, shape());
    int next = 0;
    for (Expr part : parts(graph)) {
      Expr own = block.narrow(0, Dim.of(next++), Dim.of(1));
      graph.effect("index_copy_", part.narrow(2, before, block.dim(2)), 0, to, own);
    }
    return new Change(graph, to);
  }

  private List<Expr> parts(Graph graph) {
    List<Expr> parts = new ArrayList<>();
    for (int i = 0; i < 2 * size.layers(); i++) {
      parts.add(graph.held(PART + i, type, shape()));
    }
    return parts;
  }

  private Shape shape() {
    return Shape.of(Shape.UNKNOWN, size.heads(), Shape.UNKNOWN, size.width());
  }
}
