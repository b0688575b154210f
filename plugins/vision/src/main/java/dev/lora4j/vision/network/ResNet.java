package dev.lora4j.vision.network;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Pool;
import dev.lora4j.core.tensor.Shape;

/**
 * A ResNet (He et al. 2015): a convolution of 7x7, stages of residual blocks, the mean over all
 * places, and a linear layer for classes.
 *
 * <p>Batch norms go by their stored statistics, also where an adapter is trained. A norm in
 * training mode would go by the pictures of the batch and move its statistics, which no adapter
 * file has: the trained factors would fit a network that nobody has afterwards (huggingface/peft
 * issue 1732).
 */
public record ResNet(ResNetSizes sizes) {
  /** Name of the input with the pictures. */
  public static final String PIXELS = "pixels";

  private static final int CHANNELS = 3;
  private static final double EPSILON = 1e-5;

  /** Declares the pictures, F32 [batch, 3, height, width]. */
  public static Expr declare(Graph graph) {
    Shape shape = Shape.of(Shape.UNKNOWN, CHANNELS, Shape.UNKNOWN, Shape.UNKNOWN);
    return graph.input(PIXELS, DType.F32, shape);
  }

  /**
   * Stages all of it.
   *
   * @param pixels [batch, 3, height, width]
   * @param compute the type to compute in
   * @return logits of the classes, [batch, labels]; without a head means over all places, [batch,
   *     width]
   */
  public Expr logits(Weights weights, Expr pixels, DType compute) {
    ResNetNames names = sizes.names();
    Expr x = weights.unbiasedConv2d(names.stem(), pixels.to(compute), sizes.stem(), 7, 2, 3);
    x = norm(weights, names.stemNorm(), x).relu();
    x = x.maxPool(Pool.window(3).strided(2).padded(1));
    for (int stage = 0; stage < sizes.depths().size(); stage++) {
      for (int block = 0; block < sizes.depths().get(stage); block++) {
        x = block(weights, x, stage, block);
      }
    }
    Expr seen = x.over(2, 3).mean();
    return sizes.labels() == 0 ? seen : weights.linear(names.head(), seen, sizes.labels());
  }

  private Expr block(Weights weights, Expr x, int stage, int block) {
    ResNetNames names = sizes.names();
    String name = names.block(stage, block);
    int stride = sizes.stride(stage, block);
    int width = sizes.widths().get(stage);
    Expr beside = x;
    if (sizes.shortcut(stage, block)) {
      beside = weights.unbiasedConv2d(names.shortcut(name), x, width, 1, stride, 0);
      beside = norm(weights, names.shortcutNorm(name), beside);
    }
    int last = sizes.convolutions() - 1;
    int strided = sizes.bottleneck() && !sizes.strideAtFirst() ? 1 : 0;
    Expr h = x;
    for (int i = 0; i <= last; i++) {
      int out = i == last ? width : sizes.inner().get(stage);
      int kernel = sizes.bottleneck() && i != 1 ? 1 : 3;
      h =
          weights.unbiasedConv2d(
              names.convolution(name, i), h, out, kernel, i == strided ? stride : 1, kernel / 2);
      h = norm(weights, names.norm(name, i), h);
      h = i == last ? h : h.relu();
    }
    return h.add(beside).relu();
  }

  /** Batch normalisation by stored statistics, which no adapter changes. */
  private static Expr norm(Weights weights, String name, Expr x) {
    Weights at = weights.at(name);
    Shape shape = Shape.of(x.shape().size(1));
    Expr scale = at.weight("weight", shape, Parameter.Init.ONES);
    Expr shift = at.weight("bias", shape, Parameter.Init.ZEROS);
    Expr mean = at.weight("running_mean", shape, Parameter.Init.ZEROS);
    Expr variance = at.weight("running_var", shape, Parameter.Init.ONES);
    return x.batchNorm(mean, variance, scale, shift, EPSILON);
  }
}
