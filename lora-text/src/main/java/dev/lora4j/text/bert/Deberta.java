package dev.lora4j.text.bert;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.bert.DebertaConfig.Convolved;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.EncoderNetwork;
import java.util.List;

/**
 * DeBERTa of the second and third version (He et al. 2021): a BERT whose attention sees the
 * distance of each key as well as its content.
 *
 * @param level prefix of the names of all layers but the head's, with a dot; empty where there is
 *     no head, as transformers has it
 * @param labels names of the classes; none if there is no head
 */
record Deberta(DebertaConfig config, String level, List<String> labels) implements EncoderNetwork {
  private static final String CLASSIFIER = "classifier";
  private static final String POOLER = "pooler";

  /** Copies its list. */
  Deberta {
    labels = List.copyOf(labels);
  }

  @Override
  public int vocabulary() {
    return config.vocabSize();
  }

  /** Without a table of positions there is none, as distances past the furthest are alike. */
  @Override
  public int longest() {
    return config.positions() > 0 ? config.positions() : Integer.MAX_VALUE;
  }

  @Override
  public int width() {
    return config.width();
  }

  /** {@inheritDoc} That below the head is a part of the head. */
  @Override
  public boolean pooler() {
    return false;
  }

  @Override
  public boolean ofHead(String weight) {
    return weight.startsWith(CLASSIFIER + ".") || weight.startsWith(POOLER + ".");
  }

  @Override
  public Expr hidden(Weights weights, EncoderInputs tokens, DType compute) {
    Weights encoder = weights.at(level + "encoder");
    Expr embedded = embedded(weights.at(level + "embeddings"), tokens, compute);
    DisentangledAttention attention = DisentangledAttention.of(config, encoder, tokens, compute);
    Expr x = embedded;
    for (int layer = 0; layer < config.layers(); layer++) {
      Weights at = encoder.at("layer", layer);
      Expr seen = attention.of(at.at("attention.self"), x);
      Expr attended = output(at.at("attention.output"), seen, x);
      Expr inner = at.linear("intermediate.dense", attended, config.inner());
      x = output(at.at("output"), config.activation().of(inner), attended);
      if (layer == 0 && config.convolution().isPresent()) {
        x = beside(encoder.at("conv"), config.convolution().get(), tokens, embedded, x);
      }
    }
    return x;
  }

  private Expr embedded(Weights at, EncoderInputs tokens, DType compute) {
    Expr x = table(at, "word_embeddings", tokens.tokens().ids(), config.vocabSize());
    if (config.positions() > 0) {
      Expr positions = tokens.tokens().positions();
      x = x.add(table(at, "position_embeddings", positions, config.positions()));
    }
    if (config.types() > 0) {
      x = x.add(table(at, "token_type_embeddings", tokens.types(), config.types()));
    }
    x = x.to(compute);
    if (config.embedding() != config.width()) {
      x = at.linear("embed_proj", x, config.width(), false);
    }
    return norm(at, x).mul(present(tokens, compute));
  }

  private Expr table(Weights at, String name, Expr indices, int entries) {
    return at.embedding(name, indices, entries, config.embedding());
  }

  /** 1 where there is a token, else 0: [batch, tokens, 1]. */
  private static Expr present(EncoderInputs tokens, DType compute) {
    return tokens.present().to(compute).unsqueeze(-1);
  }

  /** Adds the convolution of the embedded tokens to the first layer's output. */
  private Expr beside(
      Weights at, Convolved convolution, EncoderInputs tokens, Expr embedded, Expr x) {
    int kernel = convolution.kernel();
    Expr made =
        at.conv1d(
                "conv",
                embedded.transpose(1, 2),
                config.width(),
                kernel,
                kernel / 2,
                convolution.groups())
            .transpose(1, 2);
    Expr present = present(tokens, x.dtype());
    Expr seen = convolution.activation().of(made.mul(present));
    return norm(at, x.add(seen)).mul(present);
  }

  private Expr output(Weights at, Expr x, Expr before) {
    return norm(at, at.linear("dense", x, config.width()).add(before));
  }

  private Expr norm(Weights at, Expr x) {
    return at.layerNorm("LayerNorm", x, config.epsilon());
  }

  /** {@inheritDoc} Always fails, as there is no pooler. */
  @Override
  public Expr pooled(Weights weights, Expr hidden) {
    throw new IllegalStateException("DeBERTa has no pooler");
  }

  @Override
  public Expr logits(Weights weights, EncoderInputs tokens, Expr hidden) {
    Expr dense = weights.linear(POOLER + ".dense", hidden.select(1, 0), config.width());
    return weights.linear(CLASSIFIER, config.pooling().of(dense), labels.size());
  }
}
