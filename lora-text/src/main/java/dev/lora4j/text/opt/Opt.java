package dev.lora4j.text.opt;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.SlidingWindow;
import dev.lora4j.text.network.TokenInputs;
import java.util.Map;

/**
 * OPT (Zhang et al. 2022): a decoder with learned positions and norms before its layers, or behind
 * the sums with the stream. Tokens may be narrower than the stream.
 */
record Opt(OptConfig config) implements CausalNetwork {
  private static final String MODEL = "model.decoder";
  private static final String EMBEDDING = "embed_tokens";
  private static final double EPSILON = 1e-5;

  /** Rows of the table of positions before that of the first one. */
  private static final int OFFSET = 2;

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
    int heads = config.numAttentionHeads();
    return new CacheSize(config.numHiddenLayers(), heads, config.hiddenSize() / heads);
  }

  @Override
  public Expr hidden(Weights weights, TokenInputs tokens, AttentionCache memory, DType compute) {
    Weights model = weights.at(MODEL);
    int width = config.hiddenSize();
    Expr words =
        model
            .embedding(EMBEDDING, tokens.ids(), config.vocabSize(), config.wordWidth())
            .to(compute);
    Expr at = tokens.positions().graph().constant(OFFSET, DType.I64);
    Expr places =
        model
            .embedding(
                "embed_positions",
                tokens.positions().add(at),
                config.maxPositionEmbeddings() + OFFSET,
                width)
            .to(compute);
    Expr x = projected(model, "project_in", words, width).add(places);
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      x = layer(model.at("layers", layer), x, memory, layer);
    }
    Expr last = config.normLast() ? norm(model, "final_layer_norm", x) : x;
    return projected(model, "project_out", last, config.wordWidth());
  }

  private Expr projected(Weights model, String name, Expr x, int width) {
    return config.wordWidth() == config.hiddenSize() ? x : model.linear(name, x, width, false);
  }

  private Expr layer(Weights at, Expr x, AttentionCache memory, int layer) {
    String first = "self_attn_layer_norm";
    String second = "final_layer_norm";
    Weights attention = at.at("self_attn");
    if (config.normBefore()) {
      Expr attended = x.add(attention(attention, norm(at, first, x), memory, layer));
      return attended.add(feedForward(at, norm(at, second, attended)));
    }
    Expr attended = norm(at, first, x.add(attention(attention, x, memory, layer)));
    return norm(at, second, attended.add(feedForward(at, attended)));
  }

  @Override
  public Map<String, String> shared() {
    String embedding = MODEL + "." + EMBEDDING + ".weight";
    return config.tied() ? Map.of(HEAD + ".weight", embedding) : Map.of();
  }

  private Expr attention(Weights at, Expr x, AttentionCache memory, int layer) {
    Expr q = heads(at, "q_proj", x);
    Expr k = heads(at, "k_proj", x);
    Expr v = heads(at, "v_proj", x);
    Expr mixed = memory.attend(layer, q, k, v, SlidingWindow.ALL).joinHeads();
    return at.linear("out_proj", mixed, config.hiddenSize(), config.bias());
  }

  private Expr heads(Weights at, String name, Expr x) {
    return at.linear(name, x, config.hiddenSize(), config.bias())
        .splitHeads(config.numAttentionHeads());
  }

  private Expr feedForward(Weights at, Expr x) {
    Expr inner = config.activation().of(at.linear("fc1", x, config.inner(), config.bias()));
    return at.linear("fc2", inner, config.hiddenSize(), config.bias());
  }

  private static Expr norm(Weights at, String name, Expr x) {
    return at.layerNorm(name, x, EPSILON);
  }
}
