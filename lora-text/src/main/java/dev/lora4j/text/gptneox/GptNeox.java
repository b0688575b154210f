package dev.lora4j.text.gptneox;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.SlidingWindow;
import dev.lora4j.text.network.TokenInputs;
import java.util.List;
import java.util.Map;

/**
 * GPT-NeoX (Black et al. 2022): a decoder whose feed-forward layers read what attention reads, and
 * whose positions turn a part of each head. Queries, keys and values are the outputs of one layer,
 * those of each head side by side.
 */
record GptNeox(GptNeoxConfig config) implements CausalNetwork {
  private static final String MODEL = "gpt_neox";
  private static final String EMBEDDING = "embed_in";

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
    int heads = config.numAttentionHeads();
    return new CacheSize(config.numHiddenLayers(), heads, config.hiddenSize() / heads);
  }

  @Override
  public Expr hidden(Weights weights, TokenInputs tokens, AttentionCache memory, DType compute) {
    Weights model = weights.at(MODEL);
    Expr x =
        model
            .embedding(EMBEDDING, tokens.ids(), config.vocabSize(), config.hiddenSize())
            .to(compute);
    Rope.Turns turns = config.rope().stage(tokens.positions(), compute);
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      Weights at = model.at("layers", layer);
      Expr normed = norm(at, "input_layernorm", x);
      Expr attended = x.add(attention(at.at("attention"), normed, turns, memory, layer));
      Expr read = config.parallelResidual() ? x : attended;
      x = attended.add(feedForward(at.at("mlp"), norm(at, "post_attention_layernorm", read)));
    }
    return norm(model, "final_layer_norm", x);
  }

  @Override
  public Map<String, String> shared() {
    String embedding = MODEL + "." + EMBEDDING + ".weight";
    return config.tied() ? Map.of(HEAD + ".weight", embedding) : Map.of();
  }

  private Expr attention(Weights at, Expr x, Rope.Turns turns, AttentionCache memory, int layer) {
    boolean bias = config.attentionBias();
    List<Expr> parts =
        at.linear("query_key_value", x, 3L * config.hiddenSize(), bias)
            .splitHeads(config.numAttentionHeads())
            .chunk(3, -1);
    Expr q = turns.apply(parts.get(0));
    Expr k = turns.apply(parts.get(1));
    Expr mixed = memory.attend(layer, q, k, parts.get(2), SlidingWindow.ALL).joinHeads();
    return at.linear("dense", mixed, config.hiddenSize(), bias);
  }

  private Expr feedForward(Weights at, Expr x) {
    Expr inner = at.linear("dense_h_to_4h", x, config.intermediateSize());
    return at.linear("dense_4h_to_h", config.activation().of(inner), config.hiddenSize());
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.layerNorm(name, x, config.layerNormEps());
  }
}
