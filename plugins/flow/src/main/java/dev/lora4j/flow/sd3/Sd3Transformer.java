package dev.lora4j.flow.sd3;

import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Parameter.Init;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.FlowTransformer;
import dev.lora4j.flow.layer.JointAttention;
import dev.lora4j.flow.layer.JointBlock;
import dev.lora4j.flow.layer.Modulation;
import dev.lora4j.flow.layer.Streams;
import dev.lora4j.flow.layer.TimeSines;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The transformer of Stable Diffusion 3 and 3.5 (Esser et al. 2024), diffusers' {@code
 * SD3Transformer2DModel}: it predicts the flow from the picture to the noise.
 */
record Sd3Transformer(Sd3Config config) implements FlowTransformer {
  private static final int PATCH = 2;

  private static final TimeSines TIME = new TimeSines(256);

  /** Modulations and the last layer. */
  private static final Pattern ZEROS =
      Pattern.compile("(.*\\.norm1(_context)?\\.linear|norm_out\\.linear|proj_out)\\..*");

  /** Default of diffusers' pipeline. */
  private static final double GUIDANCE = 7;

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
    return new Sd3Texts(config).arrangement(encoders);
  }

  @Override
  public double guidance() {
    return GUIDANCE;
  }

  @Override
  public int longestSide() {
    return config.positions() * PATCH;
  }

  @Override
  public SitePlacement.Of places() {
    return new Sd3Placements();
  }

  @Override
  public Expr stage(Weights weights, DenoiserInputs inputs, boolean checkpointing) {
    if (inputs.guidance().isPresent()) {
      throw new IllegalArgumentException("This denoiser takes no guidance scale.");
    }
    Expr told = FlowTransformer.pooled(inputs);
    Expr x = inputs.x();
    Contexts contexts = new Contexts(inputs.text().shares(LEVELS - 1));
    Expr patches = weights.at("pos_embed").conv2d("proj", x, config.width(), PATCH, PATCH, 0);
    Expr time = time(weights.at("time_text_embed"), inputs.timesteps(), told, x).silu();
    Expr words = weights.linear("context_embedder", inputs.text().context(), config.width());
    Streams streams = new Streams(placed(weights.at("pos_embed"), patches), words);
    for (int i = 0; i < config.blocks(); i++) {
      Weights at = weights.at("transformer_blocks", i);
      JointBlock block = block(i);
      Streams before = streams;
      weights.graph().border();
      streams =
          checkpointing
              ? again(
                  weights.graph(),
                  block.last(),
                  before,
                  () -> block.apply(at, before, time, contexts))
              : block.apply(at, before, time, contexts);
    }
    weights.graph().border();
    return left(weights, streams.picture(), time, patches, x);
  }

  /** A block whose inner values are computed once more for the gradient. */
  private static Streams again(Graph graph, boolean last, Streams x, Supplier<Streams> block) {
    if (last) {
      Expr picture = graph.checkpoint(() -> List.of(block.get().picture())).get(0);
      return new Streams(picture, x.words());
    }
    List<Expr> after =
        graph.checkpoint(
            () -> {
              Streams both = block.get();
              return List.of(both.picture(), both.words());
            });
    return new Streams(after.get(0), after.get(1));
  }

  private JointBlock block(int index) {
    return new JointBlock(
        new JointAttention(config.heads(), config.normed()),
        config.dual().contains(index),
        index == config.blocks() - 1);
  }

  @Override
  public boolean beginsAtZero(String weight) {
    return ZEROS.matcher(weight).matches();
  }

  /** The table of positions is of no layer in files of first publication. */
  @Override
  public List<String> names(String weight) {
    return weight.equals("pos_embed.pos_embed") ? List.of(weight, "pos_embed") : List.of(weight);
  }

  /** Embedding of timestep and pooled text, [batch, width]. */
  private Expr time(Weights at, Expr timesteps, Expr pooled, Expr x) {
    Expr waves = TIME.waves(timesteps).to(x.dtype());
    Expr time = TimeSines.embedded(at.at("timestep_embedder"), waves, config.width());
    Expr text = TimeSines.embedded(at.at("text_embedder"), pooled.to(x.dtype()), config.width());
    return time.add(text);
  }

  /**
   * Patches with their positions, the middle of the table in the checkpoint.
   *
   * @param patches [batch, width, rows, columns]
   * @return [batch, rows * columns, width]
   */
  private Expr placed(Weights at, Expr patches) {
    int side = config.positions();
    int width = config.width();
    Dim rows = patches.dim(2);
    Dim columns = patches.dim(3);
    Expr table =
        at.weight("pos_embed", Shape.of(1, (long) side * side, width), Init.EMBEDDING)
            .reshape(side, side, width)
            .narrow(0, Dim.of(side).minus(rows).over(2), rows)
            .narrow(1, Dim.of(side).minus(columns).over(2), columns);
    return patches
        .permute(0, 2, 3, 1)
        .add(table)
        .reshape(patches.dim(0), Dim.of(-1), Dim.of(width));
  }

  /** The prediction, put together of what is made of each patch. */
  private Expr left(Weights at, Expr picture, Expr time, Expr patches, Expr x) {
    List<Expr> last = at.linear("norm_out.linear", time, 2L * config.width()).chunk(2, -1);
    Expr normed =
        at.graph()
            .recompute(
                () -> Modulation.modulated(Modulation.normed(picture), last.get(0), last.get(1)));
    int channels = config.outChannels();
    Expr made = at.linear("proj_out", normed, (long) PATCH * PATCH * channels);
    return made.reshape(
            x.dim(0),
            patches.dim(2),
            patches.dim(3),
            Dim.of(PATCH),
            Dim.of(PATCH),
            Dim.of(channels))
        .permute(0, 5, 1, 3, 2, 4)
        .reshape(x.dim(0), Dim.of(channels), x.dim(2), x.dim(3));
  }

  @Override
  public String canonical() {
    return config.canonical();
  }
}
