package dev.lora4j.text.phi3;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.TokenInputs;
import java.util.List;
import java.util.Map;

/**
 * Phi-3 and Phi-4 (Abdin et al. 2024): a decoder as LLaMA's, where queries, keys and values are the
 * outputs of one layer, and gate and inner values those of another. Positions may turn a part of
 * each head alone.
 */
record Phi3(Phi3Config config) implements CausalNetwork {
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
    int heads = config.numAttentionHeads();
    int keyHeads = config.numKeyValueHeads();
    long queries = (long) heads * config.headDim();
    long keys = (long) keyHeads * config.headDim();
    List<Expr> parts =
        at.linear("qkv_proj", x, queries + 2 * keys, false).split(-1, queries, keys, keys);
    Expr q = turns.apply(parts.get(0).splitHeads(heads));
    Expr k = turns.apply(parts.get(1).splitHeads(keyHeads));
    Expr v = parts.get(2).splitHeads(keyHeads);
    Expr mixed = memory.attend(layer, q, k, v, config.window()).joinHeads();
    return at.linear("o_proj", mixed, config.hiddenSize(), false);
  }

  private Expr feedForward(Weights at, Expr x) {
    List<Expr> parts =
        at.linear("gate_up_proj", x, 2L * config.intermediateSize(), false).chunk(2, -1);
    Expr inner = config.activation().of(parts.get(0)).mul(parts.get(1));
    return at.linear("down_proj", inner, config.hiddenSize(), false);
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.rmsNorm(name, x, config.rmsNormEps());
  }
}
