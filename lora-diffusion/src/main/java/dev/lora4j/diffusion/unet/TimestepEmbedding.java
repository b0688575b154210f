package dev.lora4j.diffusion.unet;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Shape;
import java.util.Optional;

/**
 * Embedding of the timestep: sinusoids (Vaswani et al. 2017, section 3.5) through two linear
 * layers.
 */
record TimestepEmbedding(UNetVariant variant) {
  private static final double MAX_PERIOD = 10_000;

  /**
   * timesteps: F32 [batch]; result: [batch, out].
   *
   * @param guidance F32 [batch, guidanceWidth], if the network takes it
   */
  Expr apply(
      Weights at, Expr timesteps, Optional<Expr> guidance, int sinusoids, int out, DType compute) {
    Expr waves = waves(at, timesteps, sinusoids).to(compute);
    Expr told =
        guidance
            .map(g -> waves.add(at.linear("cond_proj", g.to(compute), sinusoids, false)))
            .orElse(waves);
    Expr time = layers(at, told, out);
    return variant.afterTimestep().map(a -> a.of(time)).orElse(time);
  }

  /** values: F32 [n]; result: F32 [n, sinusoids]. */
  Expr waves(Weights at, Expr values, int sinusoids) {
    int half = sinusoids / 2;
    Expr steps =
        at.graph().call("arange", DType.F32, Shape.of(half), half, Keyword.of("dtype", DType.F32));
    Expr frequencies = steps.mul(-Math.log(MAX_PERIOD) / (half - variant.frequencyShift())).exp();
    // The angles need fp32: in bf16 neighbouring timesteps would look alike.
    Expr angles = values.unsqueeze(-1).mul(frequencies);
    return variant.sinesFirst()
        ? angles.sin().cat(1, angles.cos())
        : angles.cos().cat(1, angles.sin());
  }

  /** x: [batch, any]; result: [batch, out]. */
  static Expr layers(Weights at, Expr x, int out) {
    return at.linear("linear_2", at.linear("linear_1", x, out).silu(), out);
  }
}
