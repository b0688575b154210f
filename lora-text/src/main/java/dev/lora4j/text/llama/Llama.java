package dev.lora4j.text.llama;

import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.text.network.Activation;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.AttentionScores;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.GatedFeedForward;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * LLaMA (Touvron et al. 2023): a decoder with norms before its layers, rotary positions, grouped
 * heads and gated feed-forward layers.
 */
public record Llama(LlamaConfig config) implements CausalNetwork {
  private static final String EMBEDDING = "model.embed_tokens";

  @Override
  public int vocabulary() {
    return config.vocabSize();
  }

  @Override
  public int longest() {
    return config.maxPositionEmbeddings();
  }

  @Override
  public CacheSize cacheSize() {
    return new CacheSize(config.numHiddenLayers(), config.numKeyValueHeads(), config.headDim());
  }

  @Override
  public Expr hidden(Weights weights, TokenInputs tokens, AttentionCache memory, DType compute) {
    Expr embedded = embedded(weights, tokens.ids(), compute);
    return hidden(weights, embedded, tokens, memory, HiddenLayer.LAST);
  }

  /** Stages the table of tokens. */
  Expr embedded(Weights weights, Expr ids, DType compute) {
    return weights.embedding(EMBEDDING, ids, config.vocabSize(), config.hiddenSize()).to(compute);
  }

  /**
   * Stages all but the head, up to the last layer that is looked at.
   *
   * @param embedded the embedded tokens, [batch, tokens, width], in the type to compute in
   * @param view which hidden states; several stand side by side
   * @throws IllegalArgumentException if {@code view} leaves no layer, or there are too few
   */
  Expr hidden(
      Weights weights, Expr embedded, TokenInputs tokens, AttentionCache memory, HiddenView view) {
    Weights model = weights.at("model");
    Expr x = scaled(embedded, config.scales().embedding());
    DType compute = embedded.dtype();
    int all = config.numHiddenLayers();
    List<Integer> after = view.after(all);
    int layers = after.get(after.size() - 1);
    List<Expr> seen = new ArrayList<>();
    GatedFeedForward feedForward =
        new GatedFeedForward(
            Activation.SILU, config.intermediateSize(), config.bias().feedForward());
    Rope.Turns turns = config.rope().stage(tokens.positions(), compute);
    for (int layer = 0; layer < layers; layer++) {
      model.graph().border();
      Weights at = model.at("layers", layer);
      Expr normed = norm(at, "input_layernorm", x);
      double share = config.scales().residual();
      x = x.add(scaled(attention(at.at("self_attn"), normed, turns, memory, layer), share));
      normed = norm(at, "post_attention_layernorm", x);
      x = x.add(scaled(feedForward.of(at.at("mlp"), normed), share));
      if (after.contains(layer + 1)) {
        seen.add(view.normed(layer + 1, all) ? norm(model, "norm", x) : x);
      }
    }
    model.graph().border();
    return seen.size() == 1 ? seen.get(0) : ShapeOps.cat(seen, -1);
  }

  @Override
  public Expr logits(Weights weights, Expr hidden) {
    Expr logits = CausalNetwork.super.logits(weights, hidden);
    double by = config.scales().logits();
    return by == 1 ? logits : logits.div(by);
  }

  @Override
  public Map<String, String> shared() {
    return config.tied() ? Map.of(HEAD + ".weight", EMBEDDING + ".weight") : Map.of();
  }

  private Expr attention(Weights at, Expr x, Rope.Turns turns, AttentionCache memory, int layer) {
    Expr q = headNorm(at, "q_norm", heads(at, "q_proj", x, config.numAttentionHeads()));
    Expr k = headNorm(at, "k_norm", heads(at, "k_proj", x, config.numKeyValueHeads()));
    Expr v = heads(at, "v_proj", x, config.numKeyValueHeads());
    boolean turned = config.turned().get(layer);
    Expr mixed =
        memory
            .attend(
                layer, turned ? turns.apply(q) : q, turned ? turns.apply(k) : k, v, scores(layer))
            .joinHeads();
    return at.linear("o_proj", mixed, config.hiddenSize(), config.bias().output());
  }

  private AttentionScores scores(int layer) {
    AttentionScores scores = AttentionScores.of(config.slidingWindow().get(layer));
    OptionalDouble scale = config.scales().attention();
    return scale.isPresent() ? scores.scaled(scale.getAsDouble()) : scores;
  }

  private static Expr scaled(Expr x, double scale) {
    return scale == 1 ? x : x.mul(scale);
  }

  private Expr heads(Weights at, String name, Expr x, int heads) {
    long out = (long) heads * config.headDim();
    return at.linear(name, x, out, config.bias().inputs()).splitHeads(heads);
  }

  private Expr headNorm(Weights at, String name, Expr x) {
    return config.headNorm() ? norm(at, name, x) : x;
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.rmsNorm(name, x, config.rmsNormEps());
  }
}
