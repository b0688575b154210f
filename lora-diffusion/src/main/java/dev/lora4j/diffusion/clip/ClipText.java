package dev.lora4j.diffusion.clip;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.EncodedText;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Parameter.Init;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * CLIP's text encoder (Radford et al. 2021): a causal transformer over the prompt's tokens.
 *
 * @param end the token at which the pooled text is taken; {@link #GREATEST} for the greatest of all
 */
public record ClipText(ClipTextConfig config, int end) implements TextEncoderNetwork {
  /** End token in configurations that were written before they held the right one. */
  public static final int GREATEST = 2;

  /** A buffer that old checkpoints carry; it is 0, 1, 2, ... and no weight. */
  private static final String POSITIONS = "text_model.embeddings.position_ids";

  private static final String LEVEL = "text_model.";

  /** An encoder whose text ends at the greatest token. */
  public ClipText(ClipTextConfig config) {
    this(config, GREATEST);
  }

  @Override
  public int places() {
    return config.maxPositionEmbeddings();
  }

  @Override
  public int width() {
    return config.hiddenSize();
  }

  @Override
  public int pooledWidth() {
    return config.projectionDim();
  }

  @Override
  public EncodedText stage(
      Weights weights, TextEncoderInputs tokens, DType compute, HiddenView view) {
    HiddenLayer layer = view.single();
    return tokens
        .end()
        .map(end -> pooled(weights, tokens, end, compute, layer))
        .orElseGet(() -> EncodedText.of(apply(weights, tokens, compute, layer)));
  }

  /** Since transformers 5.6, files leave a level out. */
  @Override
  public List<String> names(String weight) {
    return weight.startsWith(LEVEL)
        ? List.of(weight, weight.substring(LEVEL.length()))
        : List.of(weight);
  }

  @Override
  public boolean ignores(String tensor) {
    return POSITIONS.endsWith(tensor);
  }

  @Override
  public PromptTokenizer tokenizer(Path folder) {
    try {
      ClipTokenizer tokenizer = ClipTokenizer.load(folder);
      int ending = end == GREATEST ? config.vocabSize() - 1 : end;
      if (pooledWidth() > 0 && tokenizer.endId() != ending) {
        tokenizer.close();
        throw new ModelException(
            folder
                + " ends texts with token "
                + tokenizer.endId()
                + ", but the encoder takes the text as one vector at token "
                + ending
                + " ('eos_token_id' of its config.json is "
                + end
                + "). One of them is of another model.");
      }
      return tokenizer;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read the tokenizer in " + folder + ": " + RegularFile.trouble(e) + ".", e);
    }
  }

  /**
   * Stages the encoder.
   *
   * @param ids I64 [batch, tokens], at most {@code maxPositionEmbeddings} tokens
   * @param compute the type to compute in
   * @return the last hidden state after the final norm, [batch, tokens, hiddenSize]
   */
  public Expr apply(Weights weights, Expr ids, DType compute) {
    return apply(weights, TextEncoderInputs.of(ids), compute, HiddenLayer.LAST);
  }

  /** Stages the network as far as {@code view} needs it. */
  private Expr apply(Weights weights, TextEncoderInputs tokens, DType compute, HiddenLayer view) {
    Weights at = weights.at("text_model");
    Expr h = layers(at, embed(at, tokens, compute), 0, view.of(config.numHiddenLayers()));
    return view.normed() ? norm(at, "final_layer_norm", h) : h;
  }

  /** Hidden states of the view, and the pooled text, which is the output at the end token. */
  private EncodedText pooled(
      Weights weights, TextEncoderInputs tokens, Expr end, DType compute, HiddenLayer view) {
    Weights at = weights.at("text_model");
    int seen = view.of(config.numHiddenLayers());
    Expr h = layers(at, embed(at, tokens, compute), 0, seen);
    Expr last = norm(at, "final_layer_norm", layers(at, h, seen, config.numHiddenLayers()));
    Expr pooled = last.takeAlong(1, end.reshape(-1, 1, 1)).reshape(-1, config.hiddenSize());
    Expr projected = weights.linear("text_projection", pooled, config.projectionDim(), false);
    Expr hidden = view.normed() ? norm(at, "final_layer_norm", h) : h;
    return new EncodedText(hidden, Optional.of(projected));
  }

  private Expr layers(Weights at, Expr x, int from, int to) {
    Expr h = x;
    for (int layer = from; layer < to; layer++) {
      at.graph().border();
      h = layer(at.at("encoder.layers", layer), h);
    }
    at.graph().border();
    return h;
  }

  private Expr embed(Weights at, TextEncoderInputs tokens, DType compute) {
    int width = config.hiddenSize();
    Expr ids = tokens.ids();
    Weights embeddings = at.at("embeddings");
    Expr known = embeddings.embedding("token_embedding", ids, config.vocabSize(), width);
    Expr words = tokens.embedded(known);
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
                Shape.of(ids.dim(1).known(), width),
                places,
                0,
                0,
                ids.dim(1),
                1);
    return words.add(used).to(compute);
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

  /** The canonical form of its sizes. */
  @Override
  public String canonical() {
    return config.canonical();
  }
}
