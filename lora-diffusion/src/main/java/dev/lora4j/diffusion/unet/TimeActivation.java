package dev.lora4j.diffusion.unet;

import dev.lora4j.core.tensor.Expr;
import java.util.Locale;

/** Activations that the embedding of a timestep may end with, by diffusers' names. */
public enum TimeActivation {
  /** x * sigmoid(x). */
  SILU,
  /** The exact form of GELU. */
  GELU,
  /** max(x, 0). */
  RELU,
  /** x * tanh(log(1 + exp(x))). */
  MISH;

  /**
   * The activation of this name in diffusers: {@code silu}, {@code swish}, {@code gelu} and so on.
   */
  static TimeActivation named(String name) {
    return name.equals("swish") ? SILU : valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Its value at each element of x. */
  Expr of(Expr x) {
    return switch (this) {
      case SILU -> x.silu();
      case GELU -> x.gelu();
      case RELU -> x.relu();
      case MISH -> x.mish();
    };
  }
}
