package dev.lora4j.core.quantised;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.Extension;

/** Eight bits per number with a scale per row (Dettmers et al. 2022, "LLM.int8()"). */
@Extension(point = Quantisation.class, name = "int8", help = "8 bits, as whole numbers by rows")
public record Int8() implements Quantisation {
  @Override
  public WeightForm form() {
    return new RowForm();
  }

  @Override
  public QuantisedWeight quantised(float[] values, Shape shape) {
    return new RowForm().rounded(values, shape);
  }
}
