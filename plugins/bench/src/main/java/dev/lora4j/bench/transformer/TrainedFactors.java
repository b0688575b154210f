package dev.lora4j.bench.transformer;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;

/** Factors beside q, k, v and o of each block. */
record TrainedFactors(FlatParameters parameters) implements SiteAdapters {
  /** Scale of the product of the factors: alpha is half the rank. */
  static final double SCALE = 0.5;

  static final String SCALE_INPUT = "scale";

  @Override
  public Expr adapt(Site site, Expr x, Expr y) {
    if (!site.name().matches(".*\\.to_[qkvo]")) {
      return y;
    }
    Expr down = parameters.leaf(LoraMath.down(site));
    Parameter zero = LoraMath.up(site);
    // As if training had begun before: with zeros, the first gradient of all down factors is zero.
    Expr up = parameters.leaf(new Parameter(zero.name(), zero.shape(), Parameter.Init.KAIMING));
    Expr scale = x.graph().held(site.name() + "." + SCALE_INPUT, DType.F32, Shape.of(1, 1));
    return y.add(new LowRank(down, up).unmerged(site, x, scale));
  }

  /** Layout of the factors in the flat buffer. */
  FlatLayout layout(int rank) {
    return FlatLayout.of(parameters.parameters(), parameter -> rank);
  }
}
