package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Shape;

/**
 * A layer that an adapter can change.
 *
 * @param name canonical name: the model, then the layer without {@code .weight}, for example {@code
 *     unet.mid_block.attentions.0.proj_in}
 * @param weight shape of its weight: [out, in] or [out, in, rows, columns]
 * @param stride stride of a convolution, else 1
 * @param padding padding of a convolution, else 0
 */
public record Site(String name, Shape weight, int stride, int padding) {
  /** Whether the layer is a convolution. */
  public boolean convolution() {
    return weight.rank() == 4;
  }

  /** Width of its input: features or channels. */
  public long in() {
    return weight.size(1);
  }

  /** Width of its output: features or channels. */
  public long out() {
    return weight.size(0);
  }
}
