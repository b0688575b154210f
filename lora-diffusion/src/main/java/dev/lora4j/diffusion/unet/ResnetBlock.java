package dev.lora4j.diffusion.unet;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * Two normalised convolutions around a shortcut; the UNet's get the timestep, the VAE's do not.
 *
 * @param out output channels
 * @param scale what the sum with the shortcut is divided by
 */
public record ResnetBlock(int out, int groups, double epsilon, double scale) {
  /** A block whose sum stays as it is. */
  public ResnetBlock(int out, int groups, double epsilon) {
    this(out, groups, epsilon, 1);
  }

  /** x: [batch, in, height, width]; result: [batch, out, height, width]. */
  public Expr apply(Weights at, Expr x) {
    return apply(at, x, Optional.empty());
  }

  /** x: [batch, in, height, width], time: [batch, width]; result: [batch, out, height, width]. */
  public Expr apply(Weights at, Expr x, Expr time) {
    return apply(at, x, Optional.of(time));
  }

  private Expr apply(Weights at, Expr x, Optional<Expr> time) {
    Expr h = at.conv2d("conv1", activated(at, "norm1", x), out, 3, 1, 1);
    if (time.isPresent()) {
      Expr shift = at.linear("time_emb_proj", time.get().silu(), out);
      h = h.add(shift.unsqueeze(-1).unsqueeze(-1));
    }
    h = at.conv2d("conv2", activated(at, "norm2", h), out, 3, 1, 1);
    Expr sum =
        x.shape().size(1) == out ? x.add(h) : at.conv2d("conv_shortcut", x, out, 1, 1, 0).add(h);
    return scale == 1 ? sum : sum.div(scale);
  }

  private Expr activated(Weights at, String norm, Expr x) {
    return at.graph().recompute(() -> at.groupNorm(norm, x, groups, epsilon).silu());
  }
}
