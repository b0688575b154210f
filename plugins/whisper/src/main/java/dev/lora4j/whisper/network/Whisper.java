package dev.lora4j.whisper.network;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.Convolution;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.EncoderInput;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.SlidingWindow;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whisper (Radford et al. 2022): an encoder of log-mel spectra with two convolutions before its
 * layers, and a decoder of text; norms before layers, and positions that are added.
 */
public record Whisper(WhisperConfig config) implements Seq2SeqNetwork {
  private static final String MODEL = "model";
  private static final String TOKENS = "embed_tokens";
  private static final String PLACES = "embed_positions";
  private static final String HEAD = "proj_out";
  private static final String SELF = "self_attn";
  private static final String CROSS = "encoder_attn";
  private static final String NORM = "_layer_norm";
  private static final double EPSILON = 1e-5;
  private static final int KERNEL = 3;

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
    WhisperConfig.Stack decoder = config.decoder();
    return new CacheSize(decoder.layers(), decoder.heads(), config.width() / decoder.heads());
  }

  @Override
  public int start() {
    return config.start();
  }

  /** Spectra, F32 [batch, mels, frames]. */
  @Override
  public EncoderInput input() {
    return EncoderInput.features(config.places(), config.mels(), config.frames());
  }

  @Override
  public Map<String, String> shared() {
    return config.tied()
        ? Map.of(HEAD + ".weight", MODEL + ".decoder." + TOKENS + ".weight")
        : Map.of();
  }

  @Override
  public Expr encode(Weights weights, Expr input, Expr present, DType compute) {
    Weights encoder = weights.at(MODEL).at("encoder");
    Expr heard = convolved(encoder, "conv1", input.to(compute), 1);
    Expr x = convolved(encoder, "conv2", heard, 2).permute(0, 2, 1);
    Expr places = Constants.arange(x.graph(), DType.I64, Dim.of(config.places()));
    Expr added = encoder.embedding(PLACES, places, config.places(), config.width());
    x = x.add(added.to(compute));
    WhisperConfig.Stack sizes = config.encoder();
    for (int layer = 0; layer < sizes.layers(); layer++) {
      Weights part = encoder.at("layers", layer);
      Weights at = part.at(SELF);
      Expr normed = norm(part, SELF + NORM, x);
      Expr q = heads(at, "q_proj", normed, sizes);
      Expr mixed =
          q.attend(keys(at, normed, sizes), heads(at, "v_proj", normed, sizes), Attention.PLAIN);
      x = feedForward(part, x.add(output(at, mixed)), sizes);
    }
    return norm(encoder, "layer_norm", x);
  }

  /** A convolution over time, which no adapter changes. */
  private Expr convolved(Weights at, String name, Expr x, int stride) {
    Shape shape = Shape.of(config.width(), x.shape().size(1), KERNEL);
    Expr weight = at.weight(name + ".weight", shape, Parameter.Init.KAIMING);
    Expr bias = at.weight(name + ".bias", Shape.of(config.width()), Parameter.Init.BIAS);
    return x.convolve(weight, bias, Convolution.strided(stride).padded(1)).gelu();
  }

  @Override
  public EncodedInputs encodedInputs(Weights weights, Expr encoded, Expr present) {
    WhisperConfig.Stack sizes = config.decoder();
    List<Expr> keys = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    for (int layer = 0; layer < sizes.layers(); layer++) {
      Weights at = weights.at(MODEL).at("decoder").at("layers", layer).at(CROSS);
      keys.add(keys(at, encoded, sizes));
      values.add(heads(at, "v_proj", encoded, sizes));
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
    Weights decoder = weights.at(MODEL).at("decoder");
    int width = config.width();
    Expr words = decoder.embedding(TOKENS, tokens.ids(), config.vocabSize(), width);
    Expr scaled = config.scaledEmbedding() ? words.mul(Math.sqrt(width)) : words;
    Expr places = decoder.embedding(PLACES, tokens.positions(), config.positions(), width);
    Expr x = scaled.add(places).to(compute);
    WhisperConfig.Stack sizes = config.decoder();
    for (int layer = 0; layer < sizes.layers(); layer++) {
      Weights part = decoder.at("layers", layer);
      Weights at = part.at(SELF);
      Expr normed = norm(part, SELF + NORM, x);
      Expr q = heads(at, "q_proj", normed, sizes);
      Expr v = heads(at, "v_proj", normed, sizes);
      Expr mixed = memory.attend(layer, q, keys(at, normed, sizes), v, SlidingWindow.ALL);
      x = x.add(output(at, mixed));
      Weights cross = part.at(CROSS);
      Expr asked = heads(cross, "q_proj", norm(part, CROSS + NORM, x), sizes);
      x = x.add(output(cross, encoded.attend(layer, asked, scale(sizes))));
      x = feedForward(part, x, sizes);
    }
    return norm(decoder, "layer_norm", x);
  }

  @Override
  public Expr logits(Weights weights, Expr hidden) {
    return weights.linear(HEAD, hidden, config.vocabSize(), false);
  }

  private double scale(WhisperConfig.Stack sizes) {
    return Math.pow((double) config.width() / sizes.heads(), -0.5);
  }

  private Expr keys(Weights at, Expr x, WhisperConfig.Stack sizes) {
    return at.linear("k_proj", x, config.width(), false).splitHeads(sizes.heads());
  }

  private Expr heads(Weights at, String name, Expr x, WhisperConfig.Stack sizes) {
    return at.linear(name, x, config.width()).splitHeads(sizes.heads());
  }

  private Expr output(Weights at, Expr mixed) {
    return at.linear("out_proj", mixed.joinHeads(), config.width());
  }

  private Expr feedForward(Weights part, Expr x, WhisperConfig.Stack sizes) {
    Expr normed = norm(part, "final_layer_norm", x);
    Expr wide = config.activation().of(part.linear("fc1", normed, sizes.feedForward()));
    return x.add(part.linear("fc2", wide, config.width()));
  }

  private static Expr norm(Weights at, String name, Expr x) {
    return at.layerNorm(name, x, EPSILON);
  }
}
