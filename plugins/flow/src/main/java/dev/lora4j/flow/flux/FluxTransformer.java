package dev.lora4j.flow.flux;

import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.flow.layer.AxialRotary;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.FlowTransformer;
import dev.lora4j.flow.layer.JointAttention;
import dev.lora4j.flow.layer.JointBlock;
import dev.lora4j.flow.layer.Modulation;
import dev.lora4j.flow.layer.StreamPlacements;
import dev.lora4j.flow.layer.Streams;
import dev.lora4j.flow.layer.TimeSines;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * The transformer of FLUX.1 (Black Forest Labs 2024), diffusers' {@code FluxTransformer2DModel}: it
 * predicts the flow from the picture to the noise.
 */
record FluxTransformer(FluxConfig config) implements FlowTransformer {
  /** Rows and columns of the latents in a token. */
  private static final int PACKED = 2;

  private static final Pattern OF_TIME =
      Pattern.compile(
          "transformer\\.(time_text_embed\\..*|norm_out\\.linear)"
              + "|.*\\.norm(1|1_context)?\\.linear");

  private static final TimeSines TIME = new TimeSines(256);
  private static final int THOUSAND = 1000;
  private static final double BASE = 10_000;

  /** Side of the latents of pictures of 1024 pixels. */
  private static final int SIDE = 128;

  /** Default of diffusers' pipeline and trainer. */
  private static final double GUIDANCE = 3.5;

  @Override
  public int inChannels() {
    return config.inChannels();
  }

  @Override
  public int outChannels() {
    return config.outChannels();
  }

  @Override
  public int crossAttentionDim() {
    return config.textWidth();
  }

  @Override
  public int pooledWidth() {
    return config.pooledWidth();
  }

  @Override
  public TextArrangement texts(Map<String, TextEncoderNetwork> encoders) {
    return new FluxTexts(config).arrangement(encoders);
  }

  @Override
  public double guidance() {
    return config.guided() ? GUIDANCE : 1;
  }

  @Override
  public int guidanceWidth() {
    return config.guided() ? 1 : 0;
  }

  /** The scale itself. */
  @Override
  public float[] guidanceEmbedding(double scale) {
    return new float[] {(float) scale};
  }

  @Override
  public boolean takesTrueCfg() {
    return true;
  }

  /** FLUX.1 Kontext was trained with one. */
  @Override
  public int mostReferences() {
    return 1;
  }

  @Override
  public OptionalDouble trainingGuidance() {
    return config.guided() ? OptionalDouble.of(GUIDANCE) : OptionalDouble.empty();
  }

  @Override
  public int sampleSize() {
    return SIDE;
  }

  /** Its pipelines give the scheduler levels from 1 to 1 / n. */
  @Override
  public boolean evenSteps() {
    return true;
  }

  @Override
  public SitePlacement.Of places() {
    return new StreamPlacements(OF_TIME, LEVELS - 1);
  }

  @Override
  public Expr stage(Weights weights, DenoiserInputs inputs, boolean checkpointing) {
    if (inputs.guidance().isPresent() != config.guided()) {
      throw new IllegalArgumentException(
          config.guided()
              ? "This denoiser is told a guidance scale."
              : "This denoiser takes no guidance scale.");
    }
    FlowTransformer.requireOneTextWithReferences(inputs);
    Expr told = FlowTransformer.pooled(inputs);
    Expr x = inputs.x();
    Graph graph = weights.graph();
    Contexts contexts = new Contexts(inputs.text().shares(LEVELS - 1));
    Dim rows = x.dim(2).over(PACKED);
    Dim columns = x.dim(3).over(PACKED);
    AxialRotary.Rotation rotation = rotation(graph, inputs);
    JointAttention attention = new JointAttention(config.heads(), true, Optional.of(rotation));
    Expr time = time(weights.at("time_text_embed"), inputs, told).silu();
    Streams streams =
        new Streams(
            weights.linear("x_embedder", seen(inputs), config.width()),
            weights.linear("context_embedder", inputs.text().context(), config.width()));
    JointBlock two = new JointBlock(attention, false, false);
    for (int i = 0; i < config.doubles(); i++) {
      Weights at = weights.at("transformer_blocks", i);
      Streams before = streams;
      List<Expr> both =
          FlowTransformer.staged(
              graph,
              checkpointing,
              () -> {
                Streams after = two.apply(at, before, time, contexts);
                return List.of(after.picture(), after.words());
              });
      streams = new Streams(both.get(0), both.get(1));
    }
    Dim places = streams.picture().dim(1);
    Expr one = streams.joined();
    SingleBlock single = new SingleBlock(attention);
    for (int i = 0; i < config.singles(); i++) {
      Weights at = weights.at("single_transformer_blocks", i);
      Expr before = one;
      one =
          FlowTransformer.staged(
                  graph,
                  checkpointing,
                  () -> List.of(single.apply(at, before, time, contexts, places)))
              .get(0);
    }
    Expr picture = one.narrow(1, one.dim(1).minus(places), rows.times(columns));
    return unpacked(last(weights, picture, time), x, rows, columns);
  }

  /**
   * Embedding of timestep, guidance scale and pooled text, [batch, width]. The timestep is told in
   * thousandths, whose rounding waves of a thousand times as much would show.
   */
  private Expr time(Weights at, DenoiserInputs inputs, Expr pooled) {
    Expr x = inputs.x();
    Expr told = inputs.timesteps().div(THOUSAND).mul(THOUSAND);
    Expr time =
        TimeSines.embedded(
            at.at("timestep_embedder"), TIME.waves(told).to(x.dtype()), config.width());
    Expr guided =
        inputs
            .guidance()
            .map(scale -> time.add(guidance(at.at("guidance_embedder"), scale, x)))
            .orElse(time);
    Expr text = TimeSines.embedded(at.at("text_embedder"), pooled.to(x.dtype()), config.width());
    return guided.add(text);
  }

  /** Embedding of the scale [batch, 1]. */
  private Expr guidance(Weights at, Expr scale, Expr x) {
    Expr waves = TIME.waves(scale.squeeze(1).mul(THOUSAND));
    return TimeSines.embedded(at, waves.to(x.dtype()), config.width());
  }

  /** Rotation of the picture's places, and of those of a reference behind them. */
  private AxialRotary.Rotation rotation(Graph graph, DenoiserInputs inputs) {
    AxialRotary rotary = new AxialRotary(config.axes(), BASE);
    Expr x = inputs.x();
    AxialRotary.Rotation all = rotary.grid(graph, x.dim(2).over(PACKED), x.dim(3).over(PACKED), 0);
    for (Expr one : inputs.references()) {
      all = all.before(rotary.grid(graph, one.dim(2).over(PACKED), one.dim(3).over(PACKED), 1));
    }
    return all;
  }

  /** Tokens of the picture, and of a reference behind it. */
  private static Expr seen(DenoiserInputs inputs) {
    Expr all = packed(inputs.x());
    for (Expr one : inputs.references()) {
      all = all.cat(1, packed(one));
    }
    return all;
  }

  /** Tokens of two by two latents: [batch, channels, h, w] to [batch, h * w / 4, channels * 4]. */
  private static Expr packed(Expr x) {
    Dim rows = x.dim(2).over(PACKED);
    Dim columns = x.dim(3).over(PACKED);
    Dim two = Dim.of(PACKED);
    long channels = x.shape().size(1);
    return x.reshape(x.dim(0), Dim.of(channels), rows, two, columns, two)
        .permute(0, 2, 4, 1, 3, 5)
        .reshape(x.dim(0), Dim.of(-1), Dim.of(channels * PACKED * PACKED));
  }

  /** Latents of tokens, in the rows and columns of x. */
  private Expr unpacked(Expr tokens, Expr x, Dim rows, Dim columns) {
    Dim two = Dim.of(PACKED);
    Dim channels = Dim.of(config.outChannels());
    return tokens
        .reshape(x.dim(0), rows, columns, channels, two, two)
        .permute(0, 3, 1, 4, 2, 5)
        .reshape(x.dim(0), channels, x.dim(2), x.dim(3));
  }

  /** The prediction for each token, [batch, places, outChannels * 4]. */
  private Expr last(Weights at, Expr picture, Expr time) {
    List<Expr> own = at.linear("norm_out.linear", time, 2L * config.width()).chunk(2, -1);
    Expr normed =
        at.graph()
            .recompute(
                () -> Modulation.modulated(Modulation.normed(picture), own.get(0), own.get(1)));
    return at.linear("proj_out", normed, (long) PACKED * PACKED * config.outChannels());
  }

  @Override
  public String canonical() {
    return config.canonical();
  }
}
