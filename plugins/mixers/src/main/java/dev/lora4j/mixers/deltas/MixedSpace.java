package dev.lora4j.mixers.deltas;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.MixerRequirement;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.mixer.StoredFactors;
import dev.lora4j.core.tensor.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Space in which adapters are mixed. */
public enum MixedSpace {
  /** The numbers of the changes, as in the papers. */
  CHANGE,
  /**
   * The numbers of each factor by itself, as in PEFT's combinations without {@code _svd}. Each
   * factor has the root of weight times scale, and that of down its sign: a single adapter comes
   * back, and of several there are also the products of one's up with another's down.
   */
  FACTORS;

  /** The way a mixer blends numbers, of changes or of factors. */
  interface Blend extends Function<SiteDeltas, Expr> {}

  /** Requirement to the adapters. */
  MixerRequirement needs() {
    return this == FACTORS ? MixerRequirement.FACTORS_OF_ONE_RANK : MixerRequirement.CHANGES;
  }

  /** The change that is mixed of the numbers, times lambda. */
  MixedDelta mixed(SiteDeltas deltas, Blend blend, double lambda) {
    if (this == CHANGE) {
      return new MixedDelta.Dense(times(blend.apply(deltas), lambda));
    }
    List<SiteDelta> downs = new ArrayList<>();
    List<SiteDelta> ups = new ArrayList<>();
    for (SiteDelta part : deltas.parts()) {
      StoredFactors stored = part.stored().orElseThrow();
      Expr weight = part.weight().mul(stored.scale());
      Expr root = weight.abs().sqrt();
      LowRank pair = stored.pair();
      downs.add(factor(part, pair.down(), root.mul(weight.sign()), stored.downs()));
      ups.add(factor(part, pair.up(), root, stored.ups()));
    }
    Expr down = blend.apply(SiteDeltas.of(deltas.weights(), downs, deltas.numbers()));
    Expr up = blend.apply(SiteDeltas.of(deltas.weights(), ups, deltas.numbers()));
    return new MixedDelta.Product(new LowRank(down, up.mul(lambda)));
  }

  private static Expr times(Expr numbers, double lambda) {
    return lambda == 1 ? numbers : numbers.mul(lambda);
  }

  /** A factor as a change of its own. */
  private static SiteDelta factor(
      SiteDelta part, Expr numbers, Expr weight, SiteDelta.Draw uniform) {
    return SiteDelta.of(part.adapter(), numbers, weight, uniform);
  }

  /** Refuses to look for the greatest numbers of the whole model among factors. */
  void require(Trim trim) {
    if (this == FACTORS && trim == Trim.MODEL) {
      throw new IllegalArgumentException(
          "of=factors goes with trim=tensor, the greatest numbers of each factor: those of the"
              + " whole model are known of changes alone");
    }
  }
}
