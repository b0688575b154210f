package dev.lora4j.core.bake;

import dev.lora4j.core.adapter.LayerParameter;

/**
 * Change and rounding error of one baked parameter.
 *
 * @param site canonical name of its site
 * @param stored the type that it was rounded to, such as F16 or nf4
 * @param change Frobenius norm of what the adapters change
 * @param rounding Frobenius norm of what rounding the sum took or added
 * @param probe relative error of the written weight's products with random vectors, compared with
 *     those of the base and the factors; of a bias, of its values
 */
public record BakedParameter(
    String site,
    LayerParameter target,
    String stored,
    double change,
    double rounding,
    double probe) {
  /** Rounding as a share of the change: 1 where nothing of it is left. */
  public double loss() {
    return change == 0 ? 0 : rounding / change;
  }
}
