package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.DecodeToken;
import dev.lora4j.text.network.StagedCache;
import dev.lora4j.text.network.TokenInputs;
import java.util.stream.LongStream;

/**
 * Inputs of a program that reads one more token of each row.
 *
 * @param tokens ids and positions, I64 [batch, 1]
 * @param places I64 [keys]: 0, 1, ... as far as the longest row goes
 */
record DecodeStep(TokenInputs tokens, Expr places) {
  /** Name of {@link #places}. */
  static final String PLACES = "places";

  static DecodeStep declare(Graph graph) {
    Shape one = Shape.of(Shape.UNKNOWN, 1);
    TokenInputs tokens =
        new TokenInputs(
            graph.input(TokenInputs.IDS, DType.I64, one),
            graph.input(TokenInputs.POSITIONS, DType.I64, one));
    return new DecodeStep(tokens, graph.input(PLACES, DType.I64, Shape.of(Shape.UNKNOWN)));
  }

  /** The input {@link #places}. */
  static Tensor places(Scope step, int reach) {
    long[] places = LongStream.range(0, reach).toArray();
    return Tensor.ofLongs(step, Shape.of(reach), places);
  }

  /** Declares the cache, which the program writes the token's keys and values into. */
  AttentionCache memory(Graph graph, CacheSize size, DType compute) {
    return new DecodeToken(new StagedCache(graph, size, compute, tokens.positions()), places);
  }
}
