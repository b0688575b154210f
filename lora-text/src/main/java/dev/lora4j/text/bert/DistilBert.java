package dev.lora4j.text.bert;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.EncoderNetwork;
import java.util.List;

/**
 * DistilBERT (Sanh et al. 2019): a BERT without types of tokens and without a pooler.
 *
 * @param level what the names of all layers but the head's begin with, with a dot; empty where
 *     there is no head, as transformers has it
 */
public record DistilBert(EncoderConfig config, String level) implements EncoderNetwork {
  private static final String BEFORE = "pre_classifier";
  private static final String CLASSIFIER = "classifier";

  @Override
  public int vocabulary() {
    return config.vocabSize();
  }

  @Override
  public int longest() {
    return config.positions();
  }

  @Override
  public int width() {
    return config.width();
  }

  @Override
  public List<String> labels() {
    return config.labels();
  }

  @Override
  public boolean pooler() {
    return false;
  }

  @Override
  public boolean ofHead(String weight) {
    return weight.startsWith(CLASSIFIER + ".") || weight.startsWith(BEFORE + ".");
  }

  @Override
  public Expr hidden(Weights weights, EncoderInputs tokens, DType compute) {
    Expr x = embedded(weights.at(level + "embeddings"), tokens, compute);
    Attention seen = Attention.PLAIN.masked(tokens.seen());
    for (int layer = 0; layer < config.layers(); layer++) {
      Weights at = weights.at(level + "transformer.layer", layer);
      x = norm(at, "sa_layer_norm", attention(at.at("attention"), x, seen).add(x));
      x = norm(at, "output_layer_norm", feedForward(at.at("ffn"), x).add(x));
    }
    return x;
  }

  private Expr embedded(Weights at, EncoderInputs tokens, DType compute) {
    int width = config.width();
    Expr words = at.embedding("word_embeddings", tokens.tokens().ids(), config.vocabSize(), width);
    Expr places =
        at.embedding("position_embeddings", tokens.tokens().positions(), config.positions(), width);
    return norm(at, "LayerNorm", words.add(places).to(compute));
  }

  private Expr attention(Weights at, Expr x, Attention seen) {
    Expr q = heads(at, "q_lin", x);
    Expr k = heads(at, "k_lin", x);
    Expr v = heads(at, "v_lin", x);
    return at.linear("out_lin", q.attend(k, v, seen).joinHeads(), config.width());
  }

  private Expr heads(Weights at, String name, Expr x) {
    return at.linear(name, x, config.width()).splitHeads(config.heads());
  }

  private Expr feedForward(Weights at, Expr x) {
    Expr inner = config.activation().of(at.linear("lin1", x, config.inner()));
    return at.linear("lin2", inner, config.width());
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.layerNorm(name, x, config.epsilon());
  }

  /** {@inheritDoc} Always fails, as there is no pooler. */
  @Override
  public Expr pooled(Weights weights, Expr hidden) {
    throw new IllegalStateException("DistilBERT has no pooler");
  }

  @Override
  public Expr logits(Weights weights, EncoderInputs tokens, Expr hidden) {
    Expr first = weights.linear(BEFORE, hidden.select(1, 0), config.width()).relu();
    return weights.linear(CLASSIFIER, first, config.labels().size());
  }
}
