package dev.lora4j.text.starcoder2;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.TokenInputs;
import java.util.Map;

/**
 * StarCoder2 (Lozhkov et al. 2024): a decoder with norms before its layers, rotary positions,
 * grouped heads, and biases in all layers.
 */
record Starcoder2(Starcoder2Config config) implements CausalNetwork {
  private static final String EMBEDDING = "model.embed_tokens";

  @Override
  public int vocabulary() {
    return config.vocabSize();
  }

  @Override
  public int longest() {
    return config.rope().longest();
  }

  @Override
  public CacheSize cacheSize() {
    return new CacheSize(config.numHiddenLayers(), config.numKeyValueHeads(), config.headDim());
  }

  @Override
  public Expr hidden(Weights weights, TokenInputs tokens, AttentionCache memory, DType compute) {
    Weights model = weights.at("model");
    Expr x =
        weights
            .embedding(EMBEDDING, tokens.ids(), config.vocabSize(), config.hiddenSize())
            .to(compute);
    Rope.Turns turns = config.rope().stage(tokens.positions(), compute);
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      Weights at = model.at("layers", layer);
      Expr normed = norm(at, "input_layernorm", x);
      x = x.add(attention(at.at("self_attn"), normed, turns, memory, layer));
      x = x.add(feedForward(at.at("mlp"), norm(at, "post_attention_layernorm", x)));
    }
    return norm(model, "norm", x);
  }

  @Override
  public Map<String, String> shared() {
    return config.tied() ? Map.of(HEAD + ".weight", EMBEDDING + ".weight") : Map.of();
  }

  private Expr attention(Weights at, Expr x, Rope.Turns turns, AttentionCache memory, int layer) {
    int keyHeads = config.numKeyValueHeads();
    Expr q = turns.apply(heads(at, "q_proj", x, config.numAttentionHeads()));
    Expr k = turns.apply(heads(at, "k_proj", x, keyHeads));
    Expr v = heads(at, "v_proj", x, keyHeads);
    Expr mixed = memory.attend(layer, q, k, v, config.window()).joinHeads();
    return at.linear("o_proj", mixed, config.hiddenSize(), config.bias());
  }

  private Expr heads(Weights at, String name, Expr x, int heads) {
    return at.linear(name, x, (long) heads * config.headDim(), config.bias()).splitHeads(heads);
  }

  private Expr feedForward(Weights at, Expr x) {
    Expr inner = at.linear("c_fc", x, config.intermediateSize(), config.bias());
    return at.linear("c_proj", config.activation().of(inner), config.hiddenSize(), config.bias());
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.layerNorm(name, x, config.normEpsilon());
  }
}
