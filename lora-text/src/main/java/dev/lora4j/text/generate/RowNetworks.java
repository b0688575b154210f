package dev.lora4j.text.generate;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.DecodeToken;
import dev.lora4j.text.network.PrefillTokens;
import dev.lora4j.text.network.PrefixedPrefill;
import dev.lora4j.text.network.StagedCache;
import dev.lora4j.text.network.TokenInputs;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Networks that compute some rows of a key-value cache, which stand side by side in it. Each gives
 * logits F32 [rows, vocabulary] after the last token of each row.
 */
record RowNetworks(CausalPrograms programs) {
  /** Input I64 [n]: its size is how many rows the cache has before those that are computed. */
  static final String BEFORE = "before";

  private static final Shape ANY = Shape.of(Shape.UNKNOWN);

  /** Prefill of sequences from their first token on. */
  Network prefill(AdapterSet adapters) {
    return prefill("first of rows", adapters, (graph, cache) -> new PrefillTokens(cache));
  }

  /** Prefill of sequences whose first tokens the cache has. */
  Network prefixed(AdapterSet adapters) {
    return prefill(
        "later of rows",
        adapters,
        (graph, cache) ->
            new PrefixedPrefill(cache, graph.input(DecodeStep.PLACES, DType.I64, ANY)));
  }

  private Network prefill(
      String kind, AdapterSet adapters, BiFunction<Graph, StagedCache, AttentionCache> memory) {
    return adapters.program(
        kind,
        (graph, weights) -> {
          TokenInputs tokens = TokenInputs.declare(graph);
          Expr last = graph.input(CausalPrograms.LAST, DType.I64, ANY);
          Expr hidden = hidden(weights, tokens, memory.apply(graph, cache(graph, tokens)));
          return logits(weights, hidden.takeAlong(1, last.reshape(-1, 1, 1)));
        });
  }

  /** One more token of each row. */
  Network decode(AdapterSet adapters) {
    return adapters.program(
        "next of rows",
        (graph, weights) -> {
          DecodeStep inputs = DecodeStep.declare(graph);
          StagedCache cache = cache(graph, inputs.tokens());
          AttentionCache memory = new DecodeToken(cache, inputs.places());
          return logits(weights, hidden(weights, inputs.tokens(), memory));
        });
  }

  private StagedCache cache(Graph graph, TokenInputs tokens) {
    Expr before = graph.input(BEFORE, DType.I64, ANY);
    return new StagedCache(
        graph, programs.network().cacheSize(), compute(), tokens.positions(), before);
  }

  private Expr hidden(Weights weights, TokenInputs tokens, AttentionCache memory) {
    return programs.network().hidden(weights, tokens, memory, compute());
  }

  /** Logits of one token of each row, [rows, 1, width]. */
  private List<Expr> logits(Weights weights, Expr hidden) {
    return List.of(programs.network().logits(weights, hidden.squeeze(1)).to(DType.F32));
  }

  private DType compute() {
    return programs.base().compute();
  }
}
