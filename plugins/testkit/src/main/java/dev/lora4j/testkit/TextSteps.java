package dev.lora4j.testkit;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.DecodeToken;
import dev.lora4j.text.network.StagedCache;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Program of one more token, with a cache of those before, and parts of such programs.
 *
 * @param next the program
 * @param held its weights and its cache
 */
record TextSteps(Scope scope, Network next, HeldInputs held) {
  private static final String PLACES = "places";

  /** A network without adapters, in F32. */
  static Network compiled(Scope scope, BiFunction<Graph, Weights, List<Expr>> staging) {
    return Network.compile(
        scope,
        TextModel.MODEL,
        DType.F32,
        (graph, weights) -> staging.apply(graph, weights.apply(SiteAdapters.NONE)));
  }

  /** Declares an input of tokens: I64 [batch, tokens]. */
  static Expr tokens(Graph graph, String name) {
    return graph.input(name, DType.I64, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN));
  }

  /** Declares one token of each row. */
  static TokenInputs token(Graph graph) {
    Shape one = Shape.of(Shape.UNKNOWN, 1);
    return new TokenInputs(
        graph.input(TokenInputs.IDS, DType.I64, one),
        graph.input(TokenInputs.POSITIONS, DType.I64, one));
  }

  /** Declares the cache that one token attends to. */
  static DecodeToken next(Graph graph, CacheSize size, TokenInputs token) {
    Expr places = graph.input(PLACES, DType.I64, Shape.of(Shape.UNKNOWN));
    return new DecodeToken(new StagedCache(graph, size, DType.F32, token.positions()), places);
  }

  /** Room for so many tokens, by the names of what programs hold. */
  static Map<String, Tensor> memory(Scope scope, CacheSize size, int tokens) {
    Map<String, Tensor> memory = new HashMap<>();
    Shape shape = Shape.of(1, size.heads(), tokens, size.width());
    int elements = Math.toIntExact(shape.elements());
    for (int layer = 0; layer < size.layers(); layer++) {
      memory.put(StagedCache.keysName(layer), Tensor.of(scope, shape, new float[elements]));
      memory.put(StagedCache.valuesName(layer), Tensor.of(scope, shape, new float[elements]));
    }
    return memory;
  }

  /** Outputs after one more token at its place. */
  List<double[]> take(int token, int at) {
    long[] places = new long[at + 1];
    Arrays.setAll(places, i -> i);
    Map<String, Tensor> data =
        Map.of(
            TokenInputs.IDS,
            Tensor.ofLongs(scope, Shape.of(1, 1), token),
            TokenInputs.POSITIONS,
            Tensor.ofLongs(scope, Shape.of(1, 1), at),
            PLACES,
            Tensor.ofLongs(scope, Shape.of(places.length), places));
    return rows(HostTensor.of(next.run(scope, held, data).get(0)));
  }

  /** Outputs for each token of one row. */
  static List<double[]> rows(HostTensor made) {
    int width = Math.toIntExact(made.shape().size(2));
    double[] all = made.doubles();
    List<double[]> rows = new ArrayList<>();
    for (int from = 0; from < all.length; from += width) {
      rows.add(Arrays.copyOfRange(all, from, from + width));
    }
    return rows;
  }

  /** The same as one row: [1, tokens, numbers]. */
  static HostTensor joined(List<double[]> rows) {
    Shape shape = Shape.of(1, rows.size(), rows.get(0).length);
    return HostTensor.of(DType.F32, shape, rows.stream().flatMapToDouble(Arrays::stream).toArray());
  }
}
