package dev.lora4j.flow.zimage;

import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Parameter.Init;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.flow.layer.AxialRotary;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.FlowTransformer;
import dev.lora4j.flow.layer.Modulation;
import dev.lora4j.flow.layer.TimeSines;
import java.util.Map;
import java.util.Optional;

/**
 * The transformer of Z-Image (Tongyi Lab 2025), diffusers' {@code ZImageTransformer2DModel}. It
 * makes the flow from the noise to the picture, of which the negative is the prediction, as in
 * diffusers' pipeline.
 */
record ZImageTransformer(ZImageConfig config) implements FlowTransformer {
  private static final int PATCH = 2;
  private static final String OF_PATCHES = "2-1";

  private static final TimeSines TIME = new TimeSines(256);
  private static final int TIME_INNER = 1024;
  private static final int THOUSAND = 1000;

  /** Side of the latents of pictures of 1024 pixels. */
  private static final int SIDE = 128;

  /** Default of diffusers' pipeline, which counts from 0 where others count from 1. */
  private static final double GUIDANCE = 6;

  @Override
  public int inChannels() {
    return config.channels();
  }

  @Override
  public int outChannels() {
    return config.channels();
  }

  @Override
  public int crossAttentionDim() {
    return config.textWidth();
  }

  @Override
  public TextArrangement texts(Map<String, TextEncoderNetwork> encoders) {
    return new ZImageTexts(config.textWidth()).arrangement(encoders);
  }

  @Override
  public double guidance() {
    return GUIDANCE;
  }

  @Override
  public int sampleSize() {
    return SIDE;
  }

  @Override
  public int longestSide() {
    return PATCH * Math.min(config.longest().get(1), config.longest().get(2));
  }

  /** Its pipeline gives the scheduler levels from 1 to 1 / n. */
  @Override
  public boolean evenSteps() {
    return true;
  }

  @Override
  public SitePlacement.Of places() {
    return new ZImagePlacements();
  }

  @Override
  public Expr stage(Weights weights, DenoiserInputs inputs, boolean checkpointing) {
    FlowTransformer.requireTextAlone(inputs);
    Expr x = inputs.x();
    Dim rows = x.dim(2).over(PATCH);
    Dim columns = x.dim(3).over(PATCH);
    Dim places = rows.times(columns);
    Contexts contexts = new Contexts(inputs.text().shares(LEVELS - 1));
    Captions captions = Captions.of(inputs.text().context());
    Positions positions =
        new Positions(new AxialRotary(config.axes(), config.base()), captions, rows, columns);
    Expr time = time(weights.at("t_embedder"), inputs);
    Blocks blocks = new Blocks(config, weights, checkpointing);
    Expr picture =
        blocks.of(
            "noise_refiner",
            config.refiners(),
            filled(weights, patches(weights, x, rows, columns), contexts),
            Optional.of(time),
            attention(positions.picture(), Attention.PLAIN, contexts, places));
    Expr seen = captions.seen();
    Expr words =
        blocks.of(
            "context_refiner",
            config.refiners(),
            filled(weights, told(weights, inputs.text().context()), captions),
            Optional.empty(),
            attention(
                positions.text(), seeing(seen), new Contexts(Optional.empty()), captions.tokens()));
    Expr all =
        blocks.of(
            "layers",
            config.blocks(),
            joined(words, picture, contexts, places),
            Optional.of(time),
            attention(positions.all(), seeing(withPicture(seen, places)), contexts, places));
    Expr made = last(weights, all.narrow(1, all.dim(1).minus(places), places), time);
    return unpacked(made, x, rows, columns).neg();
  }

  private SharedAttention attention(
      AxialRotary.Rotation rotation, Attention settings, Contexts contexts, Dim places) {
    return new SharedAttention(
        config.heads(), config.headNorm(), rotation, settings, contexts, places);
  }

  /** Attention to the tokens where {@code seen}, BOOL [texts, tokens], holds. */
  private static Attention seeing(Expr seen) {
    return Attention.PLAIN.masked(seen.unsqueeze(1).unsqueeze(1));
  }

  /** The same with all that belongs to a picture behind the texts. */
  private static Expr withPicture(Expr seen, Dim places) {
    Dim more = places.plus(Captions.missing(places));
    return seen.cat(1, Constants.ones(seen.graph(), DType.BOOL, seen.dim(0), more));
  }

  /** Embedding of the timestep, which it is told from 0 at noise to 1: [batch, its width]. */
  private Expr time(Weights at, DenoiserInputs inputs) {
    Expr told = inputs.timesteps().neg().add(THOUSAND).div(THOUSAND).mul(config.timeScale());
    Expr waves = TIME.waves(told).to(inputs.x().dtype());
    return at.linear("mlp.2", at.linear("mlp.0", waves, TIME_INNER).silu(), config.timeWidth());
  }

  /** Tokens of two by two latents, channels last: [batch, places, width]. */
  private Expr patches(Weights weights, Expr x, Dim rows, Dim columns) {
    Dim two = Dim.of(PATCH);
    Dim channels = Dim.of(config.channels());
    Expr packed =
        x.reshape(x.dim(0), channels, rows, two, columns, two)
            .permute(0, 2, 4, 3, 5, 1)
            .reshape(x.dim(0), rows.times(columns), channels.times((long) PATCH * PATCH));
    return weights.at("all_x_embedder").linear(OF_PATCHES, packed, config.width());
  }

  /** A picture with tokens that fill it up before it, for each of its texts. */
  private Expr filled(Weights weights, Expr picture, Contexts contexts) {
    Dim fillers = Captions.missing(picture.dim(1)).times(contexts.number());
    Expr filler = weights.weight("x_pad_token", Shape.of(1, config.width()), Init.ZEROS);
    return filler.unsqueeze(0).expand(picture.dim(0), fillers, picture.dim(2)).cat(1, picture);
  }

  /** Tokens of texts: [texts, tokens, width]. */
  private Expr told(Weights weights, Expr context) {
    Weights at = weights.at("cap_embedder");
    return at.linear("1", at.rmsNorm("0", context, config.epsilon()), config.width());
  }

  /** Texts with tokens that fill them up instead of what is behind their ends. */
  private Expr filled(Weights weights, Expr words, Captions captions) {
    Dim missing = captions.tokens().minus(words.dim(1));
    Expr none = Constants.zeros(words.graph(), words.dtype(), words.dim(0), missing, words.dim(2));
    Expr filler = weights.weight("cap_pad_token", Shape.of(1, config.width()), Init.ZEROS);
    return filler.where(captions.fillers().unsqueeze(-1), words.cat(1, none));
  }

  /** Each text with what fills up the picture, one behind the other, and the picture. */
  private static Expr joined(Expr words, Expr picture, Contexts contexts, Dim places) {
    Dim fillers = Captions.missing(places);
    Dim all = fillers.times(contexts.number());
    Expr own = picture.narrow(1, Dim.of(0), all).reshape(words.dim(0), fillers, picture.dim(2));
    Expr texts = words.cat(1, own);
    Dim tokens = texts.dim(1).times(contexts.number());
    return texts
        .reshape(picture.dim(0), tokens, picture.dim(2))
        .cat(1, picture.narrow(1, all, places));
  }

  /** Outputs of each place, [batch, places, channels * 4]. */
  private Expr last(Weights weights, Expr picture, Expr time) {
    Weights at = weights.at("all_final_layer").at(OF_PATCHES);
    Expr scale = at.linear("adaLN_modulation.1", time.silu(), config.width());
    Expr scaled =
        at.graph().recompute(() -> Modulation.normed(picture).mul(scale.add(1).unsqueeze(1)));
    return at.linear("linear", scaled, (long) PATCH * PATCH * config.channels());
  }

  /** Latents of tokens, in the rows and columns of x. */
  private Expr unpacked(Expr tokens, Expr x, Dim rows, Dim columns) {
    Dim two = Dim.of(PATCH);
    Dim channels = Dim.of(config.channels());
    return tokens
        .reshape(x.dim(0), rows, columns, two, two, channels)
        .permute(0, 5, 1, 3, 2, 4)
        .reshape(x.dim(0), channels, x.dim(2), x.dim(3));
  }

  @Override
  public String canonical() {
    return config.canonical();
  }
}
