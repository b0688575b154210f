package dev.lora4j.core.adapter.oft;

import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.function.UnaryOperator;

/**
 * A layer in training whose inputs are rotated. Of linear layers the inputs are, so that no weight
 * needs a gradient; of convolutions the weight is, as each tap sees other inputs.
 */
public final class RotatedLayer {
  private RotatedLayer() {}

  /**
   * The layer's output; without a rotation where module dropout leaves out the layer.
   *
   * @param inputs what a rotation adds to rows of inputs [..., in]
   * @param weights what it adds to the rows of the weight [out, rest]
   */
  public static Expr output(
      SiteLayer layer,
      Expr x,
      TrainedFactors factors,
      UnaryOperator<Expr> inputs,
      UnaryOperator<Expr> weights) {
    Site site = layer.site();
    if (site.kind() == Site.Kind.LINEAR) {
      return layer.output(x.add(factors.kept(inputs.apply(x))));
    }
    DType type = layer.weight().dtype();
    // A sum in half precision would round the change.
    boolean precise = type == DType.F32 || type == DType.F64;
    Expr weight = precise ? layer.weight() : layer.weight().to(DType.F32);
    Expr added = factors.kept(weights.apply(weight.reshape(site.out(), site.rest())));
    Expr change = added.reshape(site.weight().sizes());
    return precise
        ? layer.withWeight(weight.add(change)).output(x)
        : layer.output(x).add(LayerMath.apply(site, x, change.to(type)));
  }
}
