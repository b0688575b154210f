package dev.lora4j.flow.flux2;

import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.diffusion.sampling.SizeShift;
import dev.lora4j.flow.layer.AxialRotary;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.FlowTransformer;
import dev.lora4j.flow.layer.JointAttention;
import dev.lora4j.flow.layer.Modulation;
import dev.lora4j.flow.layer.StreamPlacements;
import dev.lora4j.flow.layer.Streams;
import dev.lora4j.flow.layer.TimeSines;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The transformer of FLUX.2 [klein] (Black Forest Labs 2025), diffusers' {@code
 * Flux2Transformer2DModel}: it predicts the flow from the picture to the noise, of tokens of one
 * place of the latents each.
 */
record Flux2Transformer(Flux2Config config) implements FlowTransformer {
  private static final Pattern OF_TIME =
      Pattern.compile(
          "transformer\\.(time_guidance_embed\\..*|norm_out\\.linear"
              + "|(double|single)_stream_modulation(_img|_txt)?\\.linear)");

  private static final int THOUSAND = 1000;

  /** Side of the latents of pictures of 1024 pixels. */
  private static final int SIDE = 64;

  /** As many as Black Forest Labs' services take. */
  private static final int MOST_REFERENCES = 10;

  /** Places on the axis of pictures between one and the next. */
  private static final int APART = 10;

  /** Default of diffusers' pipeline, for models that are not distilled. */
  private static final double GUIDANCE = 4;

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
    return new Flux2Texts(config.textWidth()).arrangement(encoders);
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
  public int mostReferences() {
    return MOST_REFERENCES;
  }

  /** Latents have two by two of the autoencoder's places each, and are tokens as they are. */
  @Override
  public int levels() {
    return 1;
  }

  @Override
  public SizeShift sizeShift(SizeShift ofFile) {
    return new EmpiricalShift();
  }

  /** Its pipeline gives the scheduler levels from 1 to 1 / n. */
  @Override
  public boolean evenSteps() {
    return true;
  }

  @Override
  public SitePlacement.Of places() {
    return new StreamPlacements(OF_TIME, 0);
  }

  @Override
  public Expr stage(Weights weights, DenoiserInputs inputs, boolean checkpointing) {
    FlowTransformer.requireTextAlone(inputs);
    FlowTransformer.requireOneTextWithReferences(inputs);
    Expr x = inputs.x();
    Graph graph = weights.graph();
    Contexts contexts = new Contexts(inputs.text().shares(0));
    Expr time = time(weights.at("time_guidance_embed.timestep_embedder"), inputs).silu();
    SharedModulations told = SharedModulations.of(weights, time, contexts);
    Expr words = inputs.text().context();
    Streams streams =
        new Streams(
            weights.linear("x_embedder", seen(inputs), config.width(), false),
            weights.linear("context_embedder", words, config.width(), false));
    JointAttention attention = attention(graph, inputs, words.dim(1));
    DoubleBlock two = new DoubleBlock(attention, config.inner());
    for (int i = 0; i < config.doubles(); i++) {
      Weights at = weights.at("transformer_blocks", i);
      Streams before = streams;
      List<Expr> both =
          FlowTransformer.staged(
              graph,
              checkpointing,
              () -> {
                Streams after = two.apply(at, before, told, contexts);
                return List.of(after.picture(), after.words());
              });
      streams = new Streams(both.get(0), both.get(1));
    }
    Dim places = streams.picture().dim(1);
    Expr one = streams.joined();
    ParallelBlock single = new ParallelBlock(attention, config.inner());
    for (int i = 0; i < config.singles(); i++) {
      Weights at = weights.at("single_transformer_blocks", i);
      Expr before = one;
      one =
          FlowTransformer.staged(
                  graph,
                  checkpointing,
                  () -> List.of(single.apply(at, before, told.both(), contexts, places)))
              .get(0);
    }
    Expr picture = one.narrow(1, one.dim(1).minus(places), x.dim(2).times(x.dim(3)));
    return latents(last(weights, picture, time), x);
  }

  /** Tokens of the picture, and of the references behind it. */
  private static Expr seen(DenoiserInputs inputs) {
    Expr all = tokens(inputs.x());
    for (Expr reference : inputs.references()) {
      all = all.cat(1, tokens(reference));
    }
    return all;
  }

  /** Words turn by their number in the text, places by picture, row and column. */
  private JointAttention attention(Graph graph, DenoiserInputs inputs, Dim words) {
    AxialRotary rotary = new AxialRotary(config.axes(), config.base());
    Expr x = inputs.x();
    AxialRotary.Rotation seen = rotary.grid(graph, x.dim(2), x.dim(3));
    for (int i = 0; i < inputs.references().size(); i++) {
      Expr one = inputs.references().get(i);
      seen = seen.before(rotary.grid(graph, one.dim(2), one.dim(3), APART * (i + 1)));
    }
    return new JointAttention(
        config.heads(), true, false, Optional.of(seen), Optional.of(rotary.line(graph, words)));
  }

  /**
   * Embedding of the timestep, [batch, width]. It is told in thousandths, whose rounding waves of a
   * thousand times as much would show.
   */
  private Expr time(Weights at, DenoiserInputs inputs) {
    Expr told = inputs.timesteps().div(THOUSAND).mul(THOUSAND);
    Expr waves = new TimeSines(config.sines()).waves(told);
    return TimeSines.embedded(at, waves.to(inputs.x().dtype()), config.width(), false);
  }

  /** Places as tokens: [batch, channels, h, w] to [batch, h * w, channels]. */
  private static Expr tokens(Expr x) {
    return x.flatten(2, 3).permute(0, 2, 1);
  }

  /** Latents of tokens, in the rows and columns of x. */
  private static Expr latents(Expr tokens, Expr x) {
    return tokens.permute(0, 2, 1).reshape(x.dim(0), x.dim(1), x.dim(2), x.dim(3));
  }

  /** The prediction for each token, [batch, places, channels]. */
  private Expr last(Weights at, Expr picture, Expr time) {
    List<Expr> own = at.linear("norm_out.linear", time, 2L * config.width(), false).chunk(2, -1);
    Expr normed =
        at.graph()
            .recompute(
                () -> Modulation.modulated(Modulation.normed(picture), own.get(0), own.get(1)));
    return at.linear("proj_out", normed, config.channels(), false);
  }

  @Override
  public String canonical() {
    return config.canonical();
  }
}
