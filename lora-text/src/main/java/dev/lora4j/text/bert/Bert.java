package dev.lora4j.text.bert;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.EncoderNetwork;
import java.util.List;

/**
 * BERT (Devlin et al. 2018) and RoBERTa (Liu et al. 2019): encoders with norms behind their layers
 * and learned positions.
 *
 * @param level prefix of the names of all layers but the head's, with a dot; empty where there is
 *     no head, as transformers has it
 * @param head kind of the classification head
 */
public record Bert(EncoderConfig config, String level, Head head) implements EncoderNetwork {
  /** Kind of classification head. */
  public enum Head {
    /** One layer over the pooler's output (BERT). */
    POOLED,
    /** Two layers over the first token's vector, with a hyperbolic tangent (RoBERTa). */
    FIRST_TOKEN,
    /** The same with GELU (ELECTRA). */
    FIRST_TOKEN_GELU
  }

  private static final String CLASSIFIER = "classifier";
  private static final String POOLER = "pooler";

  @Override
  public int vocabulary() {
    return config.vocabSize();
  }

  @Override
  public int longest() {
    return config.positions() - config.firstPosition();
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
    return config.pooler();
  }

  @Override
  public boolean ofHead(String weight) {
    return weight.startsWith(CLASSIFIER + ".") || ofPooler(weight);
  }

  @Override
  public boolean optional(String weight) {
    return config.labels().isEmpty() && ofPooler(weight);
  }

  private boolean ofPooler(String weight) {
    return weight.startsWith(level + POOLER + ".");
  }

  @Override
  public Expr hidden(Weights weights, EncoderInputs tokens, DType compute) {
    Expr x = embedded(weights.at(level + "embeddings"), tokens, compute);
    if (config.embedding() != config.width()) {
      x = weights.linear(level + "embeddings_project", x, config.width());
    }
    Attention seen = Attention.PLAIN.masked(tokens.seen());
    for (int layer = 0; layer < config.layers(); layer++) {
      Weights at = weights.at(level + "encoder.layer", layer);
      x = attention(at.at("attention"), x, seen);
      Expr inner = at.linear("intermediate.dense", x, config.inner());
      x = output(at.at("output"), config.activation().of(inner), x);
    }
    return x;
  }

  private Expr embedded(Weights at, EncoderInputs tokens, DType compute) {
    Expr positions = tokens.tokens().positions().add(config.firstPosition());
    Expr words = table(at, "word_embeddings", tokens.tokens().ids(), config.vocabSize());
    Expr types = table(at, "token_type_embeddings", tokens.types(), config.types());
    Expr places = table(at, "position_embeddings", positions, config.positions());
    return norm(at, words.add(types).add(places).to(compute));
  }

  private Expr table(Weights at, String name, Expr indices, int entries) {
    return at.embedding(name, indices, entries, config.embedding());
  }

  private Expr attention(Weights at, Expr x, Attention seen) {
    Expr q = heads(at, "self.query", x);
    Expr k = heads(at, "self.key", x);
    Expr v = heads(at, "self.value", x);
    return output(at.at("output"), q.attend(k, v, seen).joinHeads(), x);
  }

  private Expr heads(Weights at, String name, Expr x) {
    return at.linear(name, x, config.width()).splitHeads(config.heads());
  }

  private Expr output(Weights at, Expr x, Expr before) {
    return norm(at, at.linear("dense", x, config.width()).add(before));
  }

  private Expr norm(Weights at, Expr x) {
    return at.layerNorm("LayerNorm", x, config.epsilon());
  }

  @Override
  public Expr pooled(Weights weights, Expr hidden) {
    return weights.linear(level + POOLER + ".dense", hidden.select(1, 0), config.width()).tanh();
  }

  @Override
  public Expr logits(Weights weights, EncoderInputs tokens, Expr hidden) {
    int classes = config.labels().size();
    return switch (head) {
      case POOLED -> weights.linear(CLASSIFIER, pooled(weights, hidden), classes);
      case FIRST_TOKEN, FIRST_TOKEN_GELU -> {
        Weights at = weights.at(CLASSIFIER);
        Expr first = at.linear("dense", hidden.select(1, 0), config.width());
        yield at.linear(
            "out_proj", head == Head.FIRST_TOKEN ? first.tanh() : first.gelu(), classes);
      }
    };
  }
}
