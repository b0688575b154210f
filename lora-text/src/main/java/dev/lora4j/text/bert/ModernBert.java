package dev.lora4j.text.bert;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.RopeTurns;
import dev.lora4j.text.network.RotaryLayer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ModernBERT (Warner et al. 2024): an encoder with norms before its layers, rotary positions, gated
 * feed-forward layers, and layers of which most see the tokens nearby alone.
 *
 * @param level prefix of the names of all layers but the head's, with a dot; empty where there is
 *     no head, as transformers has it
 * @param labels names of the classes; none if there is no head
 * @param perToken whether the head tells the class of each token
 */
record ModernBert(ModernBertConfig config, String level, List<String> labels, boolean perToken)
    implements EncoderNetwork {
  private static final String HEAD = "head";
  private static final String CLASSIFIER = "classifier";

  /** Copies its list. */
  ModernBert {
    labels = List.copyOf(labels);
  }

  @Override
  public int vocabulary() {
    return config.vocabSize();
  }

  @Override
  public int longest() {
    return Math.min(config.longest(), RotaryLayer.longest(config.layers()));
  }

  @Override
  public int width() {
    return config.hiddenSize();
  }

  @Override
  public boolean pooler() {
    return false;
  }

  @Override
  public boolean ofHead(String weight) {
    return weight.startsWith(HEAD + ".") || weight.startsWith(CLASSIFIER + ".");
  }

  @Override
  public Expr hidden(Weights weights, EncoderInputs tokens, DType compute) {
    Weights embeddings = weights.at(level + "embeddings");
    Expr words =
        embeddings.embedding(
            "tok_embeddings", tokens.tokens().ids(), config.vocabSize(), config.hiddenSize());
    Expr x = norm(embeddings, "norm", words.to(compute));
    RopeTurns turns = new RopeTurns(tokens.tokens().positions(), compute);
    Map<RotaryLayer, Attention> seen = new HashMap<>();
    for (int i = 0; i < config.layers().size(); i++) {
      Weights at = weights.at(level + "layers", i);
      RotaryLayer layer = config.layers().get(i);
      Attention mask = seen.computeIfAbsent(layer, l -> seen(l, tokens));
      // The first layer's input is normed already.
      Expr normed = i == 0 ? x : norm(at, "attn_norm", x);
      x = x.add(attention(at.at("attn"), normed, layer, turns, mask));
      x = x.add(feedForward(at.at("mlp"), norm(at, "mlp_norm", x)));
    }
    return norm(weights, level + "final_norm", x);
  }

  /** Keys that tokens see: all, or those that are not farther away than the window. */
  private static Attention seen(RotaryLayer layer, EncoderInputs tokens) {
    Expr all = tokens.seen();
    if (layer.window().window().isEmpty()) {
      return Attention.PLAIN.masked(all);
    }
    Expr places = tokens.tokens().positions().unsqueeze(1);
    Expr distance = places.unsqueeze(3).sub(places.unsqueeze(2)).abs();
    return Attention.PLAIN.masked(all.and(distance.le(layer.window().window().getAsInt())));
  }

  private Expr attention(Weights at, Expr x, RotaryLayer layer, RopeTurns turns, Attention mask) {
    int width = config.hiddenSize();
    List<Expr> parts = at.linear("Wqkv", x, 3L * width, config.bias().attention()).chunk(3, -1);
    Expr q = turns.of(layer.rope()).apply(parts.get(0).splitHeads(config.heads()));
    Expr k = turns.of(layer.rope()).apply(parts.get(1).splitHeads(config.heads()));
    Expr v = parts.get(2).splitHeads(config.heads());
    return at.linear("Wo", q.attend(k, v, mask).joinHeads(), width, config.bias().attention());
  }

  private Expr feedForward(Weights at, Expr x) {
    boolean bias = config.bias().feedForward();
    List<Expr> parts = at.linear("Wi", x, 2L * config.intermediateSize(), bias).chunk(2, -1);
    Expr gated = config.activation().of(parts.get(0)).mul(parts.get(1));
    return at.linear("Wo", gated, config.hiddenSize(), bias);
  }

  private Expr norm(Weights at, String name, Expr x) {
    return config.bias().norm()
        ? at.layerNorm(name, x, config.normEps())
        : at.scaledLayerNorm(name, x, config.normEps());
  }

  /** {@inheritDoc} Always fails, as there is no pooler. */
  @Override
  public Expr pooled(Weights weights, Expr hidden) {
    throw new IllegalStateException("ModernBERT has no pooler");
  }

  @Override
  public Expr logits(Weights weights, EncoderInputs tokens, Expr hidden) {
    Expr read = perToken ? hidden : pooled(tokens, hidden);
    Weights head = weights.at(HEAD);
    Expr dense = head.linear("dense", read, config.hiddenSize(), config.head().bias());
    Expr normed = norm(head, "norm", config.head().activation().of(dense));
    return weights.linear(CLASSIFIER, normed, labels.size());
  }

  private Expr pooled(EncoderInputs tokens, Expr hidden) {
    if (!config.head().mean()) {
      return hidden.select(1, 0);
    }
    Expr counted = tokens.present().to(hidden.dtype()).unsqueeze(-1);
    return hidden.mul(counted).over(1).sum().div(counted.over(1).sum());
  }
}
