package dev.lora4j.text.t5;

import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.AttentionScores;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.SlidingWindow;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * T5 (Raffel et al. 2020): an encoder and a decoder with norms before their layers, and attention
 * that knows positions by distances alone and does not scale its products.
 */
public record T5(T5Config config) implements Seq2SeqNetwork {
  /** Scale of attention's products. */
  private static final double SCALE = 1;

  private static final String SELF = "SelfAttention";
  private static final String CROSS = "EncDecAttention";

  @Override
  public int vocabulary() {
    return config.vocabSize();
  }

  /** There is none, as distances past the furthest are alike. */
  @Override
  public int longest() {
    return Integer.MAX_VALUE;
  }

  @Override
  public CacheSize cacheSize() {
    return new CacheSize(config.decoderLayers(), config.heads(), config.headWidth());
  }

  @Override
  public int start() {
    return config.start();
  }

  @Override
  public Expr encode(Weights weights, Expr ids, Expr present, DType compute) {
    return encoded(weights, embedded(weights, ids, compute), ids, present, HiddenLayer.LAST);
  }

  /**
   * Stages the encoder up to a layer.
   *
   * @param embedded the embedded tokens, [batch, tokens, width], in the type to compute in
   * @param ids I64 [batch, tokens]
   * @param present I64 [batch, tokens], 1 for tokens and 0 for padding
   * @param view layer of the hidden states
   * @throws IllegalArgumentException if {@code view} leaves no layer
   */
  Expr encoded(Weights weights, Expr embedded, Expr ids, Expr present, HiddenLayer view) {
    Weights encoder = weights.at("encoder");
    Expr x = embedded;
    DType compute = embedded.dtype();
    int layers = view.of(config.encoderLayers());
    Expr places = Constants.arange(ids.graph(), DType.I64, ids.dim(1));
    Expr distances = places.unsqueeze(0).sub(places.unsqueeze(1)).unsqueeze(0);
    Expr hidden = present.eq(0).unsqueeze(1).unsqueeze(1);
    Optional<Expr> mask = Optional.empty();
    for (int layer = 0; layer < layers; layer++) {
      ids.graph().border();
      Weights part = part(encoder, layer, 0);
      Weights at = part.at(SELF);
      Expr normed = norm(part, "layer_norm", x);
      if (mask.isEmpty() || !config.sharedPositions()) {
        Expr bias = positions(true).bias(at, distances, config.heads(), compute);
        mask = Optional.of(bias.maskedFill(hidden, Double.NEGATIVE_INFINITY));
      }
      Attention seen = Attention.PLAIN.masked(mask.get()).scaled(SCALE);
      Expr q = heads(at, "q", normed);
      x = x.add(output(at, q.attend(heads(at, "k", normed), heads(at, "v", normed), seen)));
      x = feedForward(part(encoder, layer, 1), x);
    }
    ids.graph().border();
    return view.normed() ? norm(encoder, "final_layer_norm", x) : x;
  }

  @Override
  public EncodedInputs encodedInputs(Weights weights, Expr encoded, Expr present) {
    List<Expr> keys = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    for (int layer = 0; layer < config.decoderLayers(); layer++) {
      Weights at = part(weights.at("decoder"), layer, 1).at(CROSS);
      keys.add(heads(at, "k", encoded));
      values.add(heads(at, "v", encoded));
    }
    return new EncodedInputs(keys, values, present);
  }

  @Override
  public Expr decode(
      Weights weights,
      TokenInputs tokens,
      AttentionCache memory,
      EncodedInputs encoded,
      DType compute) {
    Weights decoder = weights.at("decoder");
    Expr x = embedded(weights, tokens.ids(), compute);
    Expr distances = memory.distances(tokens);
    Optional<AttentionScores> scoring = Optional.empty();
    for (int layer = 0; layer < config.decoderLayers(); layer++) {
      Weights part = part(decoder, layer, 0);
      Weights at = part.at(SELF);
      Expr normed = norm(part, "layer_norm", x);
      if (scoring.isEmpty() || !config.sharedPositions()) {
        Expr bias = positions(false).bias(at, distances, config.heads(), compute);
        scoring = Optional.of(AttentionScores.of(SlidingWindow.ALL).plus(bias).scaled(SCALE));
      }
      Expr q = heads(at, "q", normed);
      Expr k = heads(at, "k", normed);
      Expr v = heads(at, "v", normed);
      x = x.add(output(at, memory.attend(layer, q, k, v, scoring.get())));
      x = cross(part(decoder, layer, 1), x, encoded, layer);
      x = feedForward(part(decoder, layer, 2), x);
    }
    return norm(decoder, "final_layer_norm", x);
  }

  @Override
  public Expr logits(Weights weights, Expr hidden) {
    Expr read = config.scaledHead() ? hidden.mul(Math.pow(config.width(), -0.5)) : hidden;
    return weights.linear("lm_head", read, config.vocabSize(), false);
  }

  /** Stages the table of tokens. */
  Expr embedded(Weights weights, Expr ids, DType compute) {
    return weights
        .embedding(T5Family.EMBEDDING, ids, config.vocabSize(), config.width())
        .to(compute);
  }

  private Expr cross(Weights part, Expr x, EncodedInputs encoded, int layer) {
    Weights at = part.at(CROSS);
    Expr q = heads(at, "q", norm(part, "layer_norm", x));
    return x.add(output(at, encoded.attend(layer, q, SCALE)));
  }

  private Expr feedForward(Weights part, Expr x) {
    Weights at = part.at("DenseReluDense");
    Expr normed = norm(part, "layer_norm", x);
    Expr wide = config.activation().of(inner(at, config.gated() ? "wi_0" : "wi", normed));
    Expr gated = config.gated() ? wide.mul(inner(at, "wi_1", normed)) : wide;
    return x.add(at.linear("wo", gated, config.width(), false));
  }

  private Expr inner(Weights at, String name, Expr x) {
    return at.linear(name, x, config.feedForward(), false);
  }

  private Expr heads(Weights at, String name, Expr x) {
    long out = (long) config.heads() * config.headWidth();
    return at.linear(name, x, out, false).splitHeads(config.heads());
  }

  private Expr output(Weights at, Expr mixed) {
    return at.linear("o", mixed.joinHeads(), config.width(), false);
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.rmsNorm(name, x, config.normEpsilon());
  }

  private RelativePositions positions(boolean bothWays) {
    return new RelativePositions(config.buckets(), config.furthest(), bothWays);
  }

  /** A layer of a stack has parts, each with its own norm. */
  private static Weights part(Weights stack, int layer, int number) {
    return stack.at("block", layer).at("layer", number);
  }
}
