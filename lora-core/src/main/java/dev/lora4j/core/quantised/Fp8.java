package dev.lora4j.core.quantised;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.Float8Form.Scaling;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.Extension;

/**
 * Eight bits per number as F8_E4M3 with a scale per row, by which the greatest number of the row
 * becomes 448, the greatest of the type.
 */
@Extension(
    point = Quantisation.class,
    name = "fp8",
    help = "8 bits, as small floating-point numbers by rows")
public record Fp8() implements Quantisation {
  private static final Float8Form FORM = new Float8Form(DType.F8_E4M3, Scaling.ROW);

  @Override
  public WeightForm form() {
    return FORM;
  }

  @Override
  public QuantisedWeight quantised(float[] values, Shape shape) {
    return FORM.rounded(values, shape, FORM.scales(values, shape));
  }
}
