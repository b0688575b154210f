package dev.lora4j.core.quantised;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;

/** Eight bits per number with a scale per row (Dettmers et al. 2022, "LLM.int8()"). */
@Extension(point = Quantisation.class, name = "int8", help = "8 bits, as whole numbers by rows")
public record Int8() implements Quantisation {
  private static final float MOST = 127;

  @Override
  public WeightForm form() {
    return new RowForm();
  }

  @Override
  public QuantisedWeight quantised(float[] values, Shape shape) {
    int rows = Math.toIntExact(shape.size(0));
    int width = values.length / rows;
    byte[] codes = new byte[values.length];
    float[] scales = new float[rows];
    Rows.each(
        values,
        rows,
        (row, begin, most) -> {
          scales[row] = most;
          // Halves to the even number, as the engine rounds.
          float factor = most == 0 ? 0 : MOST / most;
          for (int i = begin; i < begin + width; i++) {
            codes[i] = (byte) Math.rint(values[i] * factor);
          }
        });
    return new QuantisedWeight(
        form(),
        shape,
        Map.of(
            RowForm.CODES,
            HostTensor.owning(DType.I8, shape, codes),
            RowForm.SCALES,
            HostTensor.of(Shape.of(rows), scales)));
  }
}
