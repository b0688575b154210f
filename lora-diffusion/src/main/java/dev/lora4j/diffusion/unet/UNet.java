package dev.lora4j.diffusion.unet;

import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Predicts the noise (or velocity) in a noisy latent, given the timestep and the text.
 *
 * @param checkpointed whether training computes the blocks a second time instead of keeping their
 *     inner values, which changes no bit of the gradient
 */
public record UNet(UNetConfig config, boolean checkpointed) implements DenoiserNetwork {
  /** Guidance scales of diffusers' pipelines for Stable Diffusion XL and latent consistency. */
  private static final double XL_GUIDANCE = 5;

  private static final int XL_SAMPLE_SIZE = 128;

  private static final double CONSISTENT_GUIDANCE = 8.5;

  /** Component of a pipeline that a UNet is. */
  public static final String COMPONENT = "unet";

  /** A network that keeps what the gradient needs. */
  public UNet(UNetConfig config) {
    this(config, false);
  }

  @Override
  public String component() {
    return COMPONENT;
  }

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
    return config.crossAttentionDim();
  }

  @Override
  public int pooledWidth() {
    return config.added().map(a -> a.width() - AddedConditioning.SIZES * a.sinusoids()).orElse(0);
  }

  @Override
  public int guidanceWidth() {
    return config.variant().guidanceWidth();
  }

  @Override
  public int sampleSize() {
    return pooledWidth() > 0 ? XL_SAMPLE_SIZE : DenoiserNetwork.super.sampleSize();
  }

  @Override
  public double guidance() {
    if (guidanceWidth() > 0) {
      return CONSISTENT_GUIDANCE;
    }
    return pooledWidth() > 0 ? XL_GUIDANCE : DenoiserNetwork.super.guidance();
  }

  @Override
  public int levels() {
    return config.levels();
  }

  @Override
  public SitePlacement.Of places() {
    return new UNetPlacements(config);
  }

  @Override
  public Expr stage(Weights weights, DenoiserInputs inputs, boolean checkpointing) {
    return new UNet(config, checkpointing).apply(weights, inputs);
  }

  /**
   * Stages the network.
   *
   * @param x noisy latents [batch, inChannels, height, width], in the type to compute in
   * @param timesteps F32 [batch]
   * @param context text embeddings [batch, words, crossAttentionDim]
   * @return the prediction [batch, outChannels, height, width]
   * @throws IllegalArgumentException if the network takes added conditioning
   */
  public Expr apply(Weights at, Expr x, Expr timesteps, Expr context) {
    return apply(at, DenoiserInputs.of(x, timesteps, TextConditioning.of(context)));
  }

  /**
   * Stages the network.
   *
   * @param told conditioning of the configuration, beside latents and text; the guidance may be
   *     left out, as training does
   * @return the prediction [batch, outChannels, height, width]
   */
  private Expr apply(Weights at, DenoiserInputs told) {
    if (told.added().isPresent() != config.added().isPresent()) {
      throw new IllegalArgumentException(
          "This denoiser is "
              + (told.added().isPresent() ? "not " : "")
              + "told sizes and a pooled text beside the timestep.");
    }
    Expr x = told.x();
    TextConditioning words = told.text();
    Expr time = time(at, told.timesteps(), told.guidance(), told.added(), x.dtype());
    Deque<Expr> skips = new ArrayDeque<>();
    Expr h = enter(at, x, skips);
    for (int level = 0; level < config.levels(); level++) {
      h = down(at.at("down_blocks", level), level, h, time, words, skips);
    }
    h = middle(at.at("mid_block"), h, time, words);
    for (int step = 0; step < config.levels(); step++) {
      h = up(at.at("up_blocks", step), step, h, time, words, skips);
    }
    return leave(at, h);
  }

  /**
   * Embedding of the timestep and of the added conditioning, an input of every block, [batch,
   * timeWidth].
   */
  Expr time(
      Weights at,
      Expr timesteps,
      Optional<Expr> guidance,
      Optional<AddedConditioning> told,
      DType compute) {
    Weights embedding = at.at("time_embedding");
    int sinusoids = config.blockOutChannels().get(0);
    Expr time =
        embedding().apply(embedding, timesteps, guidance, sinusoids, config.timeWidth(), compute);
    Expr all =
        told.map(t -> time.add(addedEmbedding(at.at("add_embedding"), t, compute))).orElse(time);
    return config.variant().afterTime().map(a -> a.of(all)).orElse(all);
  }

  private TimestepEmbedding embedding() {
    return new TimestepEmbedding(config.variant());
  }

  private Expr addedEmbedding(Weights at, AddedConditioning told, DType compute) {
    UNetConfig.Added added = config.added().orElseThrow();
    long sizes = (added.width() - told.pooled().shape().size(1)) / added.sinusoids();
    Expr waves =
        embedding()
            .waves(at, told.sizes().orElseThrow().reshape(-1), added.sinusoids())
            .reshape(-1, sizes * added.sinusoids());
    Expr all = told.pooled().to(DType.F32).cat(1, waves).to(compute);
    return TimestepEmbedding.layers(at, all, config.timeWidth());
  }

  /** The latents as the finest features, which are the first that wait for the way up. */
  Expr enter(Weights at, Expr x, Deque<Expr> skips) {
    Expr seen = config.variant().centred() ? x.mul(2).sub(1) : x;
    Expr h = at.conv2d("conv_in", seen, config.blockOutChannels().get(0), 3, 1, 1);
    skips.push(h);
    return h;
  }

  /** A block on the way down, which leaves features for the way up on {@code skips}. */
  Expr down(Weights at, int level, Expr x, Expr time, TextConditioning words, Deque<Expr> skips) {
    Expr h = x;
    int channels = config.blockOutChannels().get(level);
    for (int layer = 0; layer < config.layersPerBlock(); layer++) {
      int depth = config.downCrossAttention().get(level) ? config.depthDown(level, layer) : 0;
      h = block(at, layer, resnet(channels), level, depth, h, time, words);
      skips.push(h);
    }
    if (level + 1 < config.levels()) {
      boolean around = config.variant().downsamplePadding() > 0;
      Expr padded = around ? h : h.padRightBottom(1, 1);
      h = at.conv2d("downsamplers.0.conv", padded, channels, 3, 2, around ? 1 : 0);
      skips.push(h);
    }
    return h;
  }

  /** The block at the coarsest resolution. */
  Expr middle(Weights at, Expr x, Expr time, TextConditioning words) {
    int level = config.levels() - 1;
    int channels = config.blockOutChannels().get(level);
    ResnetBlock resnet =
        new ResnetBlock(
            channels, config.normNumGroups(), config.normEps(), config.variant().middleScale());
    return switch (config.variant().middle()) {
      case NONE -> x;
      case RESIDUAL -> block(at, 0, resnet, level, 0, x, time, words);
      case CROSS_ATTENTION -> {
        Expr h = block(at, 0, resnet, level, config.depthMiddle(), x, time, words);
        yield block(at, 1, resnet, level, 0, h, time, words);
      }
    };
  }

  /** A residual block and, of so many transformer blocks, the attention after it. */
  private Expr block(
      Weights at,
      int layer,
      ResnetBlock resnet,
      int level,
      int depth,
      Expr x,
      Expr time,
      TextConditioning words) {
    Supplier<List<Expr>> body =
        () -> {
          Expr h = resnet.apply(at.at("resnets", layer), x, time);
          return List.of(
              depth > 0
                  ? transformer(level, depth).apply(at.at("attentions", layer), h, words, level)
                  : h);
        };
    at.graph().border();
    Expr h = (checkpointed ? at.graph().checkpoint(body) : body.get()).get(0);
    at.graph().border();
    return h;
  }

  /** A block on the way up, which takes features from {@code skips}; coarsest step first. */
  Expr up(Weights at, int step, Expr x, Expr time, TextConditioning words, Deque<Expr> skips) {
    Expr h = x;
    int level = config.levels() - 1 - step;
    int channels = config.blockOutChannels().get(level);
    for (int layer = 0; layer <= config.layersPerBlock(); layer++) {
      int depth = config.upCrossAttention().get(step) ? config.depthUp(step, layer) : 0;
      h = block(at, layer, resnet(channels), level, depth, h.cat(1, skips.pop()), time, words);
    }
    if (level > 0) {
      h = at.conv2d("upsamplers.0.conv", h.upsampleNearest(2), channels, 3, 1, 1);
    }
    return h;
  }

  /** The finest features as the prediction. */
  Expr leave(Weights at, Expr x) {
    Expr h =
        at.graph()
            .recompute(
                () ->
                    at.groupNorm("conv_norm_out", x, config.normNumGroups(), config.normEps())
                        .silu());
    return at.conv2d("conv_out", h, config.outChannels(), 3, 1, 1);
  }

  private ResnetBlock resnet(int channels) {
    return new ResnetBlock(channels, config.normNumGroups(), config.normEps());
  }

  private SpatialTransformer transformer(int level, int depth) {
    return new SpatialTransformer(
        config.attentionHeads().get(level),
        depth,
        config.normNumGroups(),
        config.linearProjection(),
        config.upcastAttention());
  }

  /** The canonical form of its sizes. */
  @Override
  public String canonical() {
    return config.canonical();
  }
}
