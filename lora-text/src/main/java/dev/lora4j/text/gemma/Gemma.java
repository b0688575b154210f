package dev.lora4j.text.gemma;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.AttentionScores;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.GatedFeedForward;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeTurns;
import dev.lora4j.text.network.TokenInputs;
import java.util.Map;

/**
 * Gemma 2 and 3 (Gemma Team 2024, 2025): a decoder with norms before and after its layers, of which
 * most see a window of the tokens before, and gated feed-forward layers.
 */
record Gemma(GemmaConfig config) implements CausalNetwork {
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
    return new CacheSize(config.layers().size(), config.numKeyValueHeads(), config.headDim());
  }

  @Override
  public Expr hidden(Weights weights, TokenInputs tokens, AttentionCache memory, DType compute) {
    Weights model = weights.at("model");
    Expr x = embedded(weights, tokens.ids(), compute);
    GatedFeedForward feedForward =
        new GatedFeedForward(config.activation(), config.intermediateSize(), false);
    RopeTurns turns = new RopeTurns(tokens.positions(), compute);
    for (int layer = 0; layer < config.layers().size(); layer++) {
      Weights at = model.at("layers", layer);
      Rope.Turns turned = turns.of(config.layers().get(layer).rope());
      Expr normed = norm(at, "input_layernorm", x);
      Expr attended = attention(at.at("self_attn"), normed, turned, memory, layer);
      x = x.add(norm(at, "post_attention_layernorm", attended));
      Expr fed = feedForward.of(at.at("mlp"), norm(at, "pre_feedforward_layernorm", x));
      x = x.add(norm(at, "post_feedforward_layernorm", fed));
    }
    return norm(model, "norm", x);
  }

  /** The table's rows times the root of the width, a number of the type to compute in. */
  private Expr embedded(Weights weights, Expr ids, DType compute) {
    Expr rows = weights.embedding(EMBEDDING, ids, config.vocabSize(), config.hiddenSize());
    Expr scale = ids.graph().constant(Math.sqrt(config.hiddenSize()), compute);
    return rows.to(compute).mul(scale);
  }

  @Override
  public Expr logits(Weights weights, Expr hidden) {
    Expr logits = CausalNetwork.super.logits(weights, hidden);
    if (config.logitCap().isEmpty()) {
      return logits;
    }
    double cap = config.logitCap().getAsDouble();
    return logits.div(cap).tanh().mul(cap);
  }

  @Override
  public Map<String, String> shared() {
    return config.tied() ? Map.of(HEAD + ".weight", EMBEDDING + ".weight") : Map.of();
  }

  private Expr attention(Weights at, Expr x, Rope.Turns turns, AttentionCache memory, int layer) {
    int keyHeads = config.numKeyValueHeads();
    Expr q =
        turns.apply(headNorm(at, "q_norm", heads(at, "q_proj", x, config.numAttentionHeads())));
    Expr k = turns.apply(headNorm(at, "k_norm", heads(at, "k_proj", x, keyHeads)));
    Expr v = heads(at, "v_proj", x, keyHeads);
    Expr mixed = memory.attend(layer, q, k, v, scores(layer)).joinHeads();
    return at.linear("o_proj", mixed, config.hiddenSize(), config.attentionBias());
  }

  private AttentionScores scores(int layer) {
    AttentionScores scores =
        AttentionScores.of(config.layers().get(layer).window())
            .scaled(1 / Math.sqrt(config.queryPreAttnScalar()));
    return config.attentionCap().isPresent()
        ? scores.capped(config.attentionCap().getAsDouble())
        : scores;
  }

  private Expr heads(Weights at, String name, Expr x, int heads) {
    long out = (long) heads * config.headDim();
    return at.linear(name, x, out, config.attentionBias()).splitHeads(heads);
  }

  private Expr headNorm(Weights at, String name, Expr x) {
    return config.headNorm() ? norm(at, name, x) : x;
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.offsetRmsNorm(name, x, config.rmsNormEps());
  }
}
