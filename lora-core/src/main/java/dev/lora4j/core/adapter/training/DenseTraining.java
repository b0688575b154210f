package dev.lora4j.core.adapter.training;

import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;

/**
 * Training of a method whose change of the weight has to be formed as a whole. The change is added
 * to the weight, so that the input meets one matrix, unless that would round it: in half precision,
 * and where the input is not the same for both, it stays unmerged.
 */
public interface DenseTraining extends AdditiveTraining {
  /** The change of the weight, not scaled, in the weight's shape and the type of the factors. */
  Expr whole(Site site, TrainedFactors factors);

  @Override
  default Expr delta(Site site, TrainedFactors factors) {
    return whole(site, factors).mul(factors.scale().reshape(new long[0]));
  }

  @Override
  default Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    Expr change = factors.dropout().rows(site, delta(site, factors));
    return LayerMath.apply(site, factors.dropout().input(x), change.to(x.dtype()));
  }

  @Override
  default Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    DType type = layer.weight().dtype();
    boolean precise = type == DType.F32 || type == DType.F64;
    if (!precise || factors.dropout().dropsInput()) {
      return AdditiveTraining.super.apply(layer, x, factors);
    }
    Site site = layer.site();
    Expr change = factors.dropout().rows(site, delta(site, factors.moduleKept())).to(type);
    return layer.withWeight(layer.weight().add(change)).output(x);
  }
}
