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
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.HeadChunks;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The compiled programs of a base with an encoder and a decoder, each made at its first use and
 * then cached.
 */
public final class Seq2SeqPrograms extends TextPrograms {
  private final Seq2SeqNetwork network;
  private final DType compute;

  /** For a base, owned by {@code scope}. */
  public Seq2SeqPrograms(Scope scope, TextModel base, Seq2SeqNetwork network) {
    super(scope, base);
    this.network = network;
    this.compute = base.compute();
  }

  @Override
  Decoding begin(AdaptedBatch batch, int copies) {
    return new Seq2SeqDecoding(this, batch, copies);
  }

  @Override
  void compile(Set<String> unmergedSites) {
    encode(unmergedSites);
    decode(unmergedSites);
  }

  Seq2SeqNetwork network() {
    return network;
  }

  /**
   * Encoded inputs for the decoder: keys of each of its layers, then values of each, [batch, heads,
   * tokens, width].
   */
  Network encode(Set<String> unmergedSites) {
    return program(
        "encode",
        unmergedSites,
        (graph, weights) -> {
          EncodedInputs encoded = encoded(graph, weights);
          List<Expr> all = new ArrayList<>(encoded.keys());
          all.addAll(encoded.values());
          return all;
        });
  }

  private EncodedInputs encoded(Graph graph, Weights weights) {
    Expr input = network.input().declare(graph);
    Shape places = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    Expr present = graph.input(EncodedInputs.PRESENT, DType.I64, places);
    Expr encoded = network.encode(weights, input, present, compute);
    return network.encodedInputs(weights, encoded, present);
  }

  /** One more token of each row: logits F32 [batch, vocabulary]. */
  Network decode(Set<String> unmergedSites) {
    return program(
        "next",
        unmergedSites,
        (graph, weights) -> {
          DecodeStep inputs = DecodeStep.declare(graph);
          EncodedInputs encoded = EncodedInputs.declare(graph, network.cacheSize(), compute);
          AttentionCache memory = inputs.memory(graph, network.cacheSize(), compute);
          Expr hidden = network.decode(weights, inputs.tokens(), memory, encoded, compute);
          return List.of(network.logits(weights, hidden.squeeze(1)).to(DType.F32));
        });
  }

  /** Whole outputs: logits F32 [batch, tokens, vocabulary]. */
  Network whole(Set<String> unmergedSites) {
    return program(
        "whole",
        unmergedSites,
        (graph, weights) -> {
          EncodedInputs encoded = encoded(graph, weights);
          Expr hidden =
              network.decode(
                  weights, TokenInputs.declare(graph), AttentionCache.WHOLE, encoded, compute);
          return List.of(network.logits(weights, hidden).to(DType.F32));
        });
  }

  /** Negative log-likelihoods of tokens of whole outputs: F32 [n], by {@link OutputLoss}. */
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

  private List<Expr> scores(Graph graph, Weights weights, double temperature) {
    return OutputLoss.declare(graph, network)
        .values(
            network,
            weights,
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
            List.of(
                OutputLoss.declare(graph, network).logits(network, weights, compute, DType.F32)));
  }
}
