package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.tensor.HostTensor;

/**
 * The two factors of one site: the change of its weight is {@code alpha / rank * up * down}.
 *
 * @param down [rank, in], or [rank, in, rows, columns] for a convolution
 * @param up [out, rank], or [out, rank, 1, 1] for a convolution
 */
public record LoraFactors(HostTensor down, HostTensor up, double alpha) {
  /** Checks that the two belong together. */
  public LoraFactors {
    if (down.shape().rank() < 2
        || up.shape().rank() < 2
        || down.shape().size(0) != up.shape().size(1)
        || down.shape().size(0) == 0) {
      throw new IllegalArgumentException(
          "down [rank, in, ...] and up [out, rank, ...] expected, found " + down + " and " + up);
    }
  }

  /** Number of directions in which the weight changes. */
  public int rank() {
    return Math.toIntExact(down.shape().size(0));
  }

  /** What the product is multiplied by at weight 1. */
  public double scale() {
    return alpha / rank();
  }
}
