package dev.lora4j.core.mixer;

import dev.lora4j.core.tensor.Expr;

/**
 * What one adapter changes at a parameter, in a program that is being staged.
 *
 * @param adapter its place among the adapters
 * @param delta the change at weight 1: [out, rest] of a layer's weight, [width] of others, F32
 * @param weight of the adapter at this parameter, a scalar, F32
 * @param uniform numbers from 0 to below 1, each as likely, in the shape of the change, F32; they
 *     depend on the seed, the adapter's content and the parameter's name alone
 */
public record SiteDelta(int adapter, Expr delta, Expr weight, Draw uniform) {
  /** Stages random numbers when they are asked for. */
  @FunctionalInterface
  public interface Draw {
    /** The numbers, the same in each call. */
    Expr numbers();
  }

  /** The change at its weight. */
  public Expr weighted() {
    return delta.mul(weight);
  }
}
