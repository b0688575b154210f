package dev.lora4j.text.gpt2;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.SlidingWindow;
import dev.lora4j.text.network.TokenInputs;
import java.util.List;
import java.util.Map;

/**
 * GPT-2 (Radford et al. 2019): a decoder with norms before its layers and learned positions.
 * Queries, keys and values are the outputs of one layer.
 */
public record Gpt2(Gpt2Config config) implements CausalNetwork {
  private static final String MODEL = "transformer";
  private static final String EMBEDDING = "wte";
  private static final String HEAD = "lm_head";

  @Override
  public int vocabulary() {
    return config.vocabSize();
  }

  @Override
  public int longest() {
    return config.positions();
  }

  @Override
  public CacheSize cacheSize() {
    return new CacheSize(config.layers(), config.heads(), config.width() / config.heads());
  }

  @Override
  public Expr hidden(Weights weights, TokenInputs tokens, AttentionCache memory, DType compute) {
    Weights model = weights.at(MODEL);
    int width = config.width();
    Expr words = model.embedding(EMBEDDING, tokens.ids(), config.vocabSize(), width);
    Expr places = model.embedding("wpe", tokens.positions(), config.positions(), width);
    Expr x = words.add(places).to(compute);
    for (int layer = 0; layer < config.layers(); layer++) {
      Weights at = model.at("h", layer);
      x = x.add(attention(at.at("attn"), norm(at, "ln_1", x), memory, layer));
      x = x.add(feedForward(at.at("mlp"), norm(at, "ln_2", x)));
    }
    return norm(model, "ln_f", x);
  }

  @Override
  public Map<String, String> shared() {
    String embedding = MODEL + "." + EMBEDDING + ".weight";
    return config.tied() ? Map.of(HEAD + ".weight", embedding) : Map.of();
  }

  private Expr attention(Weights at, Expr x, AttentionCache memory, int layer) {
    List<Expr> parts = at.linear("c_attn", x, 3L * config.width()).chunk(3, -1);
    Expr q = scaled(parts.get(0), layer).splitHeads(config.heads());
    Expr k = parts.get(1).splitHeads(config.heads());
    Expr v = parts.get(2).splitHeads(config.heads());
    Expr mixed = memory.attend(layer, q, k, v, SlidingWindow.ALL).joinHeads();
    return at.linear("c_proj", mixed, config.width());
  }

  /** Queries such that attention, which divides by the root of the width, gives these scores. */
  private Expr scaled(Expr q, int layer) {
    double scale = config.scores().byLayer() ? 1.0 / (layer + 1) : 1;
    scale *= config.scores().byWidth() ? 1 : Math.sqrt(cacheSize().width());
    return scale == 1 ? q : q.mul(scale);
  }

  private Expr feedForward(Weights at, Expr x) {
    Expr inner = config.activation().of(at.linear("c_fc", x, config.inner()));
    return at.linear("c_proj", inner, config.width());
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.layerNorm(name, x, config.epsilon());
  }
}
