package dev.lora4j.diffusion.unet;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.denoiser.TextConditioning;

/** Transformer blocks over the places of a feature map (Rombach et al. 2022, section 3.3). */
record SpatialTransformer(
    int heads, int layers, int groups, boolean linearProjection, boolean upcast) {
  private static final double EPSILON = 1e-6;

  /** x: [batch, channels, height, width], at the resolution {@code level}. */
  Expr apply(Weights at, Expr x, TextConditioning words, int level) {
    long channels = x.shape().size(1);
    Expr normed = at.graph().recompute(() -> normed(at, x));
    Expr h =
        linearProjection
            ? at.linear("proj_in", normed, channels)
            : tokens(at.conv2d("proj_in", normed, channels, 1, 1, 0));
    for (int layer = 0; layer < layers; layer++) {
      TransformerBlock block = new TransformerBlock(heads, upcast);
      h = block.apply(at.at("transformer_blocks", layer), h, words.context(), words.shares(level));
    }
    h =
        linearProjection
            ? places(at.linear("proj_out", h, channels), x)
            : at.conv2d("proj_out", places(h, x), channels, 1, 1, 0);
    return x.add(h);
  }

  /** Normalises the input for the projection. */
  private Expr normed(Weights at, Expr x) {
    Expr h = at.groupNorm("norm", x, groups, EPSILON);
    return linearProjection ? tokens(h) : h;
  }

  /** [batch, channels, height, width] to [batch, height * width, channels]. */
  private static Expr tokens(Expr x) {
    return x.permute(0, 2, 3, 1).reshape(x.dim(0), Dim.of(-1), x.dim(1));
  }

  /** The inverse of {@link #tokens}, with the height and width of {@code like}. */
  private static Expr places(Expr tokens, Expr like) {
    return tokens
        .reshape(like.dim(0), like.dim(2), like.dim(3), Dim.of(tokens.shape().size(2)))
        .permute(0, 3, 1, 2);
  }
}
