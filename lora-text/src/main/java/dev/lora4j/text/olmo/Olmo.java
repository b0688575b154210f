package dev.lora4j.text.olmo;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.GatedFeedForward;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeTurns;
import dev.lora4j.text.network.TokenInputs;
import java.util.Map;

/**
 * OLMo 2 and 3 (OLMo Team 2025): a decoder whose norms are behind its layers alone, and over all
 * heads of queries and of keys together. Most layers of OLMo 3 see a window of the tokens before.
 */
record Olmo(OlmoConfig config) implements CausalNetwork {
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
    Expr x =
        weights
            .embedding(EMBEDDING, tokens.ids(), config.vocabSize(), config.hiddenSize())
            .to(compute);
    RopeTurns turns = new RopeTurns(tokens.positions(), compute);
    GatedFeedForward feedForward =
        new GatedFeedForward(config.activation(), config.intermediateSize(), false);
    for (int layer = 0; layer < config.layers().size(); layer++) {
      Weights at = model.at("layers", layer);
      Rope.Turns turned = turns.of(config.layers().get(layer).rope());
      Expr attended = attention(at.at("self_attn"), x, turned, memory, layer);
      x = x.add(norm(at, "post_attention_layernorm", attended));
      Expr fed = feedForward.of(at.at("mlp"), x);
      x = x.add(norm(at, "post_feedforward_layernorm", fed));
    }
    return norm(model, "norm", x);
  }

  @Override
  public Map<String, String> shared() {
    return config.tied() ? Map.of(HEAD + ".weight", EMBEDDING + ".weight") : Map.of();
  }

  private Expr attention(Weights at, Expr x, Rope.Turns turns, AttentionCache memory, int layer) {
    int heads = config.numAttentionHeads();
    int keyHeads = config.numKeyValueHeads();
    Expr q = norm(at, "q_norm", projected(at, "q_proj", x, heads)).splitHeads(heads);
    Expr k = norm(at, "k_norm", projected(at, "k_proj", x, keyHeads)).splitHeads(keyHeads);
    Expr v = projected(at, "v_proj", x, keyHeads).splitHeads(keyHeads);
    Expr mixed =
        memory
            .attend(layer, turns.apply(q), turns.apply(k), v, config.layers().get(layer).window())
            .joinHeads();
    return at.linear("o_proj", mixed, config.hiddenSize(), config.attentionBias());
  }

  private Expr projected(Weights at, String name, Expr x, int heads) {
    return at.linear(name, x, (long) heads * config.headDim(), config.attentionBias());
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.rmsNorm(name, x, config.rmsNormEps());
  }
}
