package dev.lora4j.core.train.calibration;

import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.run.Staging;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Staged sum of the products of inputs of layers with themselves, each batch divided by its
 * greatest number as in PEFT. In F64.
 */
final class InputCovariance implements LayerAdapters {
  /** Outputs for an input: the sum, and whether the batch was finite. */
  static final int OUTPUTS = 2;

  private static final String SUM = "calibration.covariance.";

  private final Staging at;
  private final Set<String> asked;
  private final Map<String, List<Expr>> outputs = new LinkedHashMap<>();

  /**
   * Begins the staging.
   *
   * @param asked the layers that stand for the inputs
   */
  InputCovariance(Staging at, Set<String> asked) {
    this.at = at;
    this.asked = asked;
  }

  /** The layers that stand for inputs, in the order of {@link #outputs}. */
  List<String> names() {
    return List.copyOf(outputs.keySet());
  }

  /** For each input the sum after the batch, F64 [in, in], and 1 if it was finite, else 0. */
  List<Expr> outputs() {
    List<Expr> all = new ArrayList<>();
    outputs.values().forEach(all::addAll);
    return all;
  }

  /** Name of the held sum of an input. */
  static String held(String layer) {
    return SUM + layer;
  }

  @Override
  public Expr around(SiteLayer layer, Expr x) {
    String name = layer.site().name();
    if (asked.contains(name) && !outputs.containsKey(name)) {
      outputs.put(name, added(name, LayerInputs.rows(at, x, layer.site().in())));
    }
    return layer.output(x);
  }

  private List<Expr> added(String name, Expr asTheyAre) {
    long width = asTheyAre.shape().size(1);
    Expr rows = asTheyAre.to(DType.F64);
    Expr greatest = rows.reshape(-1).over(0).max().abs();
    // PEFT would divide by 0.
    Expr scaled = rows.div(greatest.maskedFill(greatest.eq(0), 1));
    Expr product = scaled.transpose(0, 1).matmul(scaled);
    Expr sum = at.graph().held(held(name), DType.F64, Shape.of(width, width)).add(product);
    return List.of(sum, sum.isFinite().all().to(DType.F64).reshape(1));
  }
}
