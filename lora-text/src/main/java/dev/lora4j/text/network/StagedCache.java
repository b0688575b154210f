package dev.lora4j.text.network;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Keys and values of all layers, as inputs of a program that writes into them: each [batch, heads,
 * room, width]. Rows may be of different lengths, as each token is written at its own position.
 */
public final class StagedCache {
  private final Graph graph;
  private final CacheSize size;
  private final Expr positions;
  private final List<Expr> keys = new ArrayList<>();
  private final List<Expr> values = new ArrayList<>();

  /**
   * Declares the inputs.
   *
   * @param positions I64 [batch, tokens] of the tokens that the program computes
   */
  public StagedCache(Graph graph, CacheSize size, DType type, Expr positions) {
    this(graph, size, positions);
    declare(type, UnaryOperator.identity());
  }

  /**
   * Declares the inputs of a cache with more rows than the program computes, which stand side by
   * side in it.
   *
   * @param positions I64 [batch, tokens] of the tokens that the program computes
   * @param before I64 [rows], as many as the cache has before those of the program
   */
  public StagedCache(Graph graph, CacheSize size, DType type, Expr positions, Expr before) {
    this(graph, size, positions);
    Dim begin = before.dim(0);
    Dim rows = positions.dim(0);
    declare(type, all -> all.narrow(0, begin, rows));
  }

  private StagedCache(Graph graph, CacheSize size, Expr positions) {
    this.graph = graph;
    this.size = size;
    this.positions = positions;
  }

  private void declare(DType type, UnaryOperator<Expr> part) {
    Shape shape = Shape.of(Shape.UNKNOWN, size.heads(), Shape.UNKNOWN, size.width());
    for (int layer = 0; layer < size.layers(); layer++) {
      keys.add(part.apply(graph.held(keysName(layer), type, shape)));
      values.add(part.apply(graph.held(valuesName(layer), type, shape)));
    }
  }

  /** Name of the input with the keys of a layer. */
  public static String keysName(int layer) {
    return "keys:" + layer;
  }

  /** Name of the input with the values of a layer. */
  public static String valuesName(int layer) {
    return "values:" + layer;
  }

  CacheSize size() {
    return size;
  }

  Expr positions() {
    return positions;
  }

  Expr keys(int layer) {
    return keys.get(layer);
  }

  Expr values(int layer) {
    return values.get(layer);
  }

  /** Writes keys and values of the program's tokens at their positions. */
  void store(int layer, Expr k, Expr v) {
    Expr at =
        positions
            .unsqueeze(1)
            .unsqueeze(3)
            .expand(k.dim(0), Dim.of(size.heads()), k.dim(2), Dim.of(size.width()));
    graph.effect("scatter_", keys.get(layer), 2, at, k);
    graph.effect("scatter_", values.get(layer), 2, at, v);
  }
}
