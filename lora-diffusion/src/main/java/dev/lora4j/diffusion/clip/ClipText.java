package dev.lora4j.diffusion.clip;

import dev.lora4j.core.nn.Parameter.Init;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** CLIP's text encoder (Radford et al. 2021): a causal transformer over the prompt's tokens. */
public record ClipText(ClipTextConfig config) {
  /**
   * Which of the encoder's layers is looked at.
   *
   * @param skip layers to leave out at the end, which some models were trained to
   * @param normed whether the final norm comes after the layer that is looked at
   */
  public record View(int skip, boolean normed) {
    /** The end of the encoder, as it was trained itself. */
    public static final View LAST = new View(0, true);
  }

  /**
   * What an encoder reads.
   *
   * @param ids I64 [batch, tokens], at most {@code maxPositionEmbeddings} tokens
   * @param replaced vectors that stand at some places instead of the tokens' own
   */
  public record Tokens(Expr ids, Optional<Replaced> replaced) {
    /** Tokens alone. */
    public static Tokens of(Expr ids) {
      return new Tokens(ids, Optional.empty());
    }
  }

  /**
   * Vectors instead of tokens.
   *
   * @param places I64 [n], which of all the tokens of the batch, counted row by row; each once
   * @param vectors [n, hiddenSize]
   */
  public record Replaced(Expr places, Expr vectors) {}

  /**
   * Stages the encoder.
   *
   * @param ids I64 [batch, tokens], at most {@code maxPositionEmbeddings} tokens
   * @param compute the type to compute in
   * @return the last hidden state after the final norm, [batch, tokens, hiddenSize]
   */
  public Expr apply(Weights weights, Expr ids, DType compute) {
    return apply(weights, Tokens.of(ids), compute, View.LAST);
  }

  /**
   * Stages the encoder as far as {@code view} needs it.
   *
   * @param compute the type to compute in
   * @return [batch, tokens, hiddenSize]
   * @throws IllegalArgumentException if it has no layer left
   */
  public Expr apply(Weights weights, Tokens tokens, DType compute, View view) {
    int layers = config.numHiddenLayers() - view.skip();
    if (view.skip() < 0 || layers < 1) {
      throw new IllegalArgumentException(
          "A text encoder of "
              + config.numHiddenLayers()
              + " layers cannot leave out "
              + view.skip()
              + ".");
    }
    Weights at = weights.at("text_model");
    Expr h = layers(at, embed(at, tokens, compute), 0, layers);
    return view.normed() ? norm(at, "final_layer_norm", h) : h;
  }

  /**
   * Stages the encoder for its view and for the pooled text.
   *
   * @param end I64 [batch], where the end token first occurs in each row
   * @return what {@code view} sees, [batch, tokens, hiddenSize], and the pooled text, [batch,
   *     projectionDim]
   */
  public List<Expr> pooled(Weights weights, Tokens tokens, Expr end, DType compute, View view) {
    Weights at = weights.at("text_model");
    int seen = config.numHiddenLayers() - view.skip();
    Expr h = layers(at, embed(at, tokens, compute), 0, seen);
    Expr last = norm(at, "final_layer_norm", layers(at, h, seen, config.numHiddenLayers()));
    Expr pooled = last.takeAlong(1, end.reshape(-1, 1, 1)).reshape(-1, config.hiddenSize());
    Expr projected = weights.linear("text_projection", pooled, config.projectionDim(), false);
    return List.of(view.normed() ? norm(at, "final_layer_norm", h) : h, projected);
  }

  private Expr layers(Weights at, Expr x, int from, int to) {
    Expr h = x;
    for (int layer = from; layer < to; layer++) {
      h = layer(at.at("encoder.layers", layer), h);
    }
    return h;
  }

  private Expr embed(Weights at, Tokens tokens, DType compute) {
    int width = config.hiddenSize();
    Expr ids = tokens.ids();
    Weights embeddings = at.at("embeddings");
    Expr known = embeddings.embedding("token_embedding", ids, config.vocabSize(), width);
    Expr words = tokens.replaced().map(r -> replaced(known, r)).orElse(known);
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
    return words.add(used).to(compute);
  }

  private Expr replaced(Expr words, Replaced by) {
    Expr rows = words.reshape(-1, config.hiddenSize());
    Expr vectors = by.vectors().to(words.dtype());
    return rows.graph()
        .call("index_copy", rows.dtype(), rows.shape(), rows, 0, by.places(), vectors)
        .reshape(words.dim(0), words.dim(1), words.dim(2));
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
