package dev.lora4j.flow.layer;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Shape;

/**
 * Embedding of a number such as the timestep: cosines and then sines of falling frequencies
 * (Vaswani et al. 2017, section 3.5), through two linear layers.
 *
 * @param sines how many of both, an even number
 */
public record TimeSines(int sines) {
  private static final double MAX_PERIOD = 10_000;

  /**
   * The numbers as waves.
   *
   * @param values F32 [batch]
   * @return F32 [batch, sines]
   */
  public Expr waves(Expr values) {
    int half = sines / 2;
    Expr steps =
        values
            .graph()
            .call("arange", DType.F32, Shape.of(half), half, Keyword.of("dtype", DType.F32));
    // In the order of diffusers, as timesteps of a thousand make much of a rounding. The functions
    // are taken in F64: in F32 their last bit is another by processor, which a thousand radians
    // make a thousand times as large.
    Expr exponents = steps.mul(-Math.log(MAX_PERIOD)).div(half);
    Expr frequencies = exponents.to(DType.F64).exp().to(DType.F32);
    Expr angles = values.unsqueeze(-1).mul(frequencies).to(DType.F64);
    return angles.cos().cat(1, angles.sin()).to(DType.F32);
  }

  /**
   * A vector through two linear layers, {@code linear_1} and {@code linear_2}, with SiLU between.
   *
   * @param x [batch, any]
   * @return [batch, out]
   */
  public static Expr embedded(Weights at, Expr x, int out) {
    return embedded(at, x, out, true);
  }

  /** The same, with biases if {@code biased}. */
  public static Expr embedded(Weights at, Expr x, int out, boolean biased) {
    return at.linear("linear_2", at.linear("linear_1", x, out, biased).silu(), out, biased);
  }
}
