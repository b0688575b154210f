package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Shape;

/**
 * A layer that an adapter can change.
 *
 * @param name canonical name: the model, then the layer without {@code .weight}, for example {@code
 *     unet.mid_block.attentions.0.proj_in}
 * @param kind what the layer does with its weight
 * @param weight shape of its weight: [out, in] of a linear layer, [out, in / groups, rows, columns]
 *     of a convolution (with as many kernel sizes as it has dimensions), [entries, width] of an
 *     embedding, [channels] of a norm
 * @param bias whether it has a bias: [out], or [channels] of a norm
 * @param stride stride of a convolution, else 1
 * @param padding padding of a convolution, else 0
 * @param dilation dilation of a convolution, else 1
 * @param groups groups of a convolution, else 1
 */
public record Site(
    String name,
    Kind kind,
    Shape weight,
    boolean bias,
    int stride,
    int padding,
    int dilation,
    int groups) {
  /** Kind of a layer by the operation of its weight. */
  public enum Kind {
    /** {@code x W^T + b}. */
    LINEAR,
    /** Convolution over one, two or three dimensions. */
    CONVOLUTION,
    /** Rows of a table. */
    EMBEDDING,
    /** Scale and shift after normalisation. */
    NORM
  }

  /** Returns true if it is a convolution of more than one point. */
  public boolean kernel() {
    return convolution() && rest() > in();
  }

  /** A linear layer; weight: [out, in]. */
  public static Site linear(String name, Shape weight, boolean bias) {
    return new Site(name, Kind.LINEAR, weight, bias, 1, 0, 1, 1);
  }

  /** A convolution with bias; weight: [out, in, rows, columns]. */
  public static Site convolution(String name, Shape weight, int stride, int padding) {
    return new Site(name, Kind.CONVOLUTION, weight, true, stride, padding, 1, 1);
  }

  /** A convolution without bias; weight: [out, in, rows, columns]. */
  public static Site unbiasedConvolution(String name, Shape weight, int stride, int padding) {
    return new Site(name, Kind.CONVOLUTION, weight, false, stride, padding, 1, 1);
  }

  /** A table of {@code entries} rows. */
  public static Site embedding(String name, long entries, long width) {
    return new Site(name, Kind.EMBEDDING, Shape.of(entries, width), false, 1, 0, 1, 1);
  }

  /** A norm with scale and shift. */
  public static Site norm(String name, long channels) {
    return new Site(name, Kind.NORM, Shape.of(channels), true, 1, 0, 1, 1);
  }

  /** A norm with a scale alone. */
  public static Site scale(String name, long channels) {
    return new Site(name, Kind.NORM, Shape.of(channels), false, 1, 0, 1, 1);
  }

  /** A copy with another name. */
  public Site named(String other) {
    return new Site(other, kind, weight, bias, stride, padding, dilation, groups);
  }

  /** Returns true if the layer is a convolution. */
  public boolean convolution() {
    return kind == Kind.CONVOLUTION;
  }

  /** Second dimension of the weight: input features, or input channels per group. */
  public long in() {
    return weight.size(1);
  }

  /** First dimension of the weight: output features or channels, entries of a table. */
  public long out() {
    return weight.size(0);
  }

  /** Product of all dimensions of the weight but the first. */
  public long rest() {
    return weight.elements() / Math.max(1, out());
  }

  /** That of the name, by which sites differ; they are keys of many maps. */
  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
