package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;

/** The mathematics of LoRA: how factors begin, and the product they make. */
public final class LoraMath {
  private LoraMath() {}

  /** The down factor to train for a site, of any rank; begins as PyTorch begins a linear layer. */
  public static Parameter down(Site site) {
    Shape shape = LowRank.down(site, Shape.UNKNOWN);
    return new Parameter(site.name() + ".down", shape, Parameter.Init.KAIMING);
  }

  /**
   * The up factor to train for a site, of any rank; begins at zero, so that training begins at the
   * base.
   */
  public static Parameter up(Site site) {
    Shape shape = LowRank.up(site, Shape.UNKNOWN);
    return new Parameter(site.name() + ".up", shape, Parameter.Init.ZEROS);
  }

  /**
   * Factors from trained or computed values.
   *
   * @param down [rank, in] or [rank, in, rows, columns]
   * @param up [out, rank] or [out, rank, 1, 1]
   */
  public static Factors factors(HostTensor down, HostTensor up, double alpha) {
    if (down.shape().rank() < 2
        || up.shape().rank() < 2
        || down.shape().size(0) != up.shape().size(1)
        || down.shape().size(0) == 0) {
      throw new IllegalArgumentException(
          "down [rank, in, ...] and up [out, rank, ...] expected, found " + down + " and " + up);
    }
    return Factors.of(
        LoraMethod.NAME,
        Map.of(LoraMethod.DOWN, down, LoraMethod.UP, up),
        Map.of(AdapterMethod.ALPHA, Double.toString((float) alpha)));
  }

  /**
   * Factors of the difference between a product and what it began as, of twice the rank.
   *
   * @param down [rank, in, ...] now
   * @param first the same as it began
   * @param up [out, rank, ...] now
   * @param before the same as it began
   * @param alpha to store beside twice the rank
   */
  public static Factors difference(
      HostTensor down, HostTensor first, HostTensor up, HostTensor before, double alpha) {
    return factors(AnchoredFactors.down(down, first), AnchoredFactors.up(up, before), alpha);
  }

  /** The two factors, a Tucker core multiplied into the down factor. */
  static LowRank pair(Site site, StagedFactors factors) {
    Expr up = Alpha.scaled(factors, factors.get(LoraMethod.UP));
    Expr down = factors.get(LoraMethod.DOWN);
    return factors
        .find(LoraMethod.MID)
        .map(mid -> new LowRank(LayerMath.contract(mid, flat(site, down)), up))
        .orElse(new LowRank(down, up));
  }

  /** [rank, in]. */
  static Expr flat(Site site, Expr down) {
    return down.reshape(Dim.of(-1), Dim.of(site.in()));
  }
}
