package dev.lora4j.diffusion.clip;

import dev.lora4j.core.nn.Parameter.Init;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;

/** CLIP's text encoder (Radford et al. 2021): a causal transformer over the prompt's tokens. */
public record ClipText(ClipTextConfig config) {
  /**
   * Stages the encoder.
   *
   * @param ids I64 [batch, tokens], at most {@code maxPositionEmbeddings} tokens
   * @param compute the type to compute in
   * @return the last hidden state after the final norm, [batch, tokens, hiddenSize]
   */
  public Expr apply(Weights weights, Expr ids, DType compute) {
    Weights at = weights.at("text_model");
    int width = config.hiddenSize();
    Weights embeddings = at.at("embeddings");
    Expr words = embeddings.embedding("token_embedding", ids, config.vocabSize(), width);
    Expr places =
        embeddings.weight(
            "position_embedding.weight",
            Shape.of(config.maxPositionEmbeddings(), width),
            Init.EMBEDDING);
    Expr used =
        at.graph()
            .call(
                "slice",
                places.dtype(),
                Shape.of(Shape.UNKNOWN, width),
                places,
                0,
                0,
                ids.dim(1),
                1);
    Expr h = words.add(used).to(compute);
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      h = layer(at.at("encoder.layers", layer), h);
    }
    return at.layerNorm("final_layer_norm", h, config.layerNormEps());
  }

  private Expr layer(Weights at, Expr x) {
    Expr h = x.add(attention(at.at("self_attn"), norm(at, "layer_norm1", x)));
    return h.add(feedForward(at.at("mlp"), norm(at, "layer_norm2", h)));
  }

  private Expr attention(Weights at, Expr x) {
    int heads = config.numAttentionHeads();
    int width = config.hiddenSize();
    Expr q = at.linear("q_proj", x, width).splitHeads(heads);
    Expr k = at.linear("k_proj", x, width).splitHeads(heads);
    Expr v = at.linear("v_proj", x, width).splitHeads(heads);
    return at.linear("out_proj", q.attend(k, v, true).joinHeads(), width);
  }

  private Expr feedForward(Weights at, Expr x) {
    Expr h = at.linear("fc1", x, config.intermediateSize());
    return at.linear("fc2", config.quickGelu() ? h.quickGelu() : h.gelu(), config.hiddenSize());
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.layerNorm(name, x, config.layerNormEps());
  }
}
