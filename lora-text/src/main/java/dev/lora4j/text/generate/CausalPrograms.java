package dev.lora4j.text.generate;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.HeadChunks;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.PrefillTokens;
import dev.lora4j.text.network.StagedCache;
import dev.lora4j.text.network.TokenInputs;
import dev.lora4j.text.network.ValueHead;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compiled programs of a causal base, each made at its first use and then cached. */
public final class CausalPrograms extends TextPrograms {
  /** Input I64 [batch]: which of a row's tokens is its last one. */
  static final String LAST = "last";

  private final Scope scope;
  private final CausalNetwork network;
  private final DType compute;
  private Optional<SlotPrograms> slots = Optional.empty();

  /** For a base, owned by {@code scope}. */
  public CausalPrograms(Scope scope, TextModel base, CausalNetwork network) {
    super(scope, base);
    this.scope = scope;
    this.network = network;
    this.compute = base.compute();
  }

  @Override
  Decoding begin(AdaptedBatch batch, int copies) {
    batch.starts().forEach(GenerationRequest::requireTokens);
    return new CausalDecoding(this, batch, copies);
  }

  @Override
  void compile(Set<String> unmergedSites) {
    prefill(unmergedSites);
    decode(unmergedSites);
  }

  CausalNetwork network() {
    return network;
  }

  /** Programs for the slots of its key-value caches. */
  synchronized SlotPrograms slots() {
    SlotPrograms made =
        slots.orElseGet(() -> new SlotPrograms(scope, network.cacheSize(), compute));
    slots = Optional.of(made);
    return made;
  }

  /**
   * Prefill of a cache with the first tokens of sequences: logits F32 [batch, vocabulary] after the
   * last token of each row.
   */
  Network prefill(Set<String> unmergedSites) {
    return program(
        "first",
        unmergedSites,
        (graph, weights) -> {
          TokenInputs tokens = TokenInputs.declare(graph);
          Expr last = graph.input(LAST, DType.I64, Shape.of(Shape.UNKNOWN));
          StagedCache cache =
              new StagedCache(graph, network.cacheSize(), compute, tokens.positions());
          Expr hidden = network.hidden(weights, tokens, new PrefillTokens(cache), compute);
          Expr ends = hidden.takeAlong(1, last.reshape(-1, 1, 1)).squeeze(1);
          return List.of(network.logits(weights, ends).to(DType.F32));
        });
  }

  /** One more token of each row: logits F32 [batch, vocabulary]. */
  Network decode(Set<String> unmergedSites) {
    return program(
        "next",
        unmergedSites,
        (graph, weights) -> {
          DecodeStep inputs = DecodeStep.declare(graph);
          AttentionCache memory = inputs.memory(graph, network.cacheSize(), compute);
          Expr hidden = network.hidden(weights, inputs.tokens(), memory, compute);
          return List.of(network.logits(weights, hidden.squeeze(1)).to(DType.F32));
        });
  }

  /** Whole sequences: logits F32 [batch, tokens, vocabulary]. */
  Network whole(Set<String> unmergedSites) {
    return program(
        "whole",
        unmergedSites,
        (graph, weights) -> {
          Expr hidden =
              network.hidden(weights, TokenInputs.declare(graph), AttentionCache.WHOLE, compute);
          return List.of(network.logits(weights, hidden).to(DType.F32));
        });
  }

  /** Negative log-likelihoods of tokens of whole sequences: F32 [n], by {@link NextTokenLoss}. */
  @Override
  public Network score(Set<String> unmergedSites) {
    return program("score", unmergedSites, (graph, weights) -> scores(graph, weights, 1));
  }

  @Override
  public Network score(Set<String> unmergedSites, double temperature) {
    return temperature == 1
        ? score(unmergedSites)
        : program(
            "score at " + temperature,
            unmergedSites,
            (graph, weights) -> scores(graph, weights, temperature));
  }

  /**
   * {@link #score(Set, double)} with the values of a head: negative log-likelihoods of the tokens
   * and what is to be expected where they come, F32 [n] each. Its inputs are those of {@link
   * NextTokenLoss}, and a {@link ValueHead} in F32 by its names.
   *
   * @param unmergedSites sites with unmerged adapters
   * @param temperature what logits are divided by, above 0
   */
  public Network valued(Set<String> unmergedSites, double temperature) {
    return program(
        "score and value at " + temperature,
        unmergedSites,
        (graph, weights) -> {
          NextTokenLoss loss = NextTokenLoss.declare(graph);
          Expr placed = loss.placed(network, weights, AttentionCache.WHOLE, compute);
          ValueHead values =
              new ValueHead(
                  graph.input(ValueHead.WEIGHT, DType.F32, ValueHead.weight(placed)),
                  graph.input(ValueHead.BIAS, DType.F32, ValueHead.ONE));
          List<Expr> scores =
              loss.valuesAt(
                  placed,
                  some -> network.logits(weights, some),
                  HeadChunks.frozen(network.vocabulary()),
                  DType.F32,
                  at -> List.of(at.unlikelihood(temperature)));
          return List.of(scores.get(0), values.values(placed));
        });
  }

  private List<Expr> scores(Graph graph, Weights weights, double temperature) {
    return NextTokenLoss.declare(graph)
        .values(
            network,
            weights,
            AttentionCache.WHOLE,
            HeadChunks.frozen(network.vocabulary()),
            compute,
            DType.F32,
            at -> List.of(at.unlikelihood(temperature)));
  }

  @Override
  public Network logits(Set<String> unmergedSites) {
    return program(
        "logits",
        unmergedSites,
        (graph, weights) ->
            List.of(NextTokenLoss.declare(graph).logits(network, weights, compute, DType.F32)));
  }
}
