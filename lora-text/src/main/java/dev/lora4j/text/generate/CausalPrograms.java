package dev.lora4j.text.generate;

import dev.lora4j.core.mix.Beside;
import dev.lora4j.core.mix.Patch;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.AttentionMemory;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.FirstTokens;
import dev.lora4j.text.network.NextToken;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.StagedCache;
import dev.lora4j.text.network.Tokens;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * The compiled programs of one base, each made when first asked for and then kept. A program knows
 * at which sites there may be adapters, not which.
 */
public final class CausalPrograms {
  /** Input I64 [batch]: which of a row's tokens is its last one. */
  static final String LAST = "last";

  /** Input I64 [keys]: 0, 1, ... as far as the longest row goes. */
  static final String PLACES = "places";

  private final Scope scope;
  private final TextModel base;
  private final CausalNetwork network;
  private final Patch patch;
  private final Map<String, Network> made = new ConcurrentHashMap<>();

  /** For a base, owned by {@code scope}. */
  public CausalPrograms(Scope scope, TextModel base, CausalNetwork network) {
    this.scope = scope;
    this.base = base;
    this.network = network;
    this.patch = new Patch(scope);
  }

  TextModel base() {
    return base;
  }

  CausalNetwork network() {
    return network;
  }

  /** What mixes adapters. */
  public Patch patch() {
    return patch;
  }

  /**
   * The first tokens of sequences, kept in a cache: logits F32 [batch, vocabulary] after the last
   * token of each row.
   */
  Network first(Set<String> besideSites) {
    return program(
        "first",
        besideSites,
        (graph, weights) -> {
          Tokens tokens = Tokens.declare(graph);
          Expr last = graph.input(LAST, DType.I64, Shape.of(Shape.UNKNOWN));
          StagedCache cache =
              new StagedCache(graph, network.memory(), base.compute(), tokens.positions());
          Expr hidden = network.hidden(weights, tokens, new FirstTokens(cache), base.compute());
          Expr ends = hidden.takeAlong(1, last.reshape(-1, 1, 1)).squeeze(1);
          return network.logits(weights, ends).to(DType.F32);
        });
  }

  /** One more token of each row: logits F32 [batch, vocabulary]. */
  Network next(Set<String> besideSites) {
    return program(
        "next",
        besideSites,
        (graph, weights) -> {
          Shape one = Shape.of(Shape.UNKNOWN, 1);
          Tokens tokens =
              new Tokens(
                  graph.input(Tokens.IDS, DType.I64, one),
                  graph.input(Tokens.POSITIONS, DType.I64, one));
          Expr places = graph.input(PLACES, DType.I64, Shape.of(Shape.UNKNOWN));
          StagedCache cache =
              new StagedCache(graph, network.memory(), base.compute(), tokens.positions());
          AttentionMemory memory = new NextToken(cache, places);
          Expr hidden = network.hidden(weights, tokens, memory, base.compute());
          return network.logits(weights, hidden.squeeze(1)).to(DType.F32);
        });
  }

  /** Whole sequences: logits F32 [batch, tokens, vocabulary]. */
  Network whole(Set<String> besideSites) {
    return program(
        "whole",
        besideSites,
        (graph, weights) -> {
          Expr hidden =
              network.hidden(weights, Tokens.declare(graph), AttentionMemory.WHOLE, base.compute());
          return network.logits(weights, hidden).to(DType.F32);
        });
  }

  /** How unlikely tokens of whole sequences are: F32 [n], as {@link NextTokenLoss} says. */
  public Network score(Set<String> besideSites) {
    return program(
        "score",
        besideSites,
        (graph, weights) ->
            NextTokenLoss.declare(graph).stage(network, weights, base.compute(), DType.F32));
  }

  private Network program(
      String kind, Set<String> besideSites, BiFunction<Graph, Weights, Expr> staging) {
    return made.computeIfAbsent(
        kind + new TreeSet<>(besideSites),
        key ->
            Network.compile(
                scope,
                TextModel.MODEL,
                base.compute(),
                (graph, weights) -> {
                  SiteAdapters adapters =
                      besideSites.isEmpty()
                          ? SiteAdapters.NONE
                          : new Beside(besideSites).declare(graph);
                  return List.of(staging.apply(graph, weights.apply(adapters)));
                }));
  }
}
