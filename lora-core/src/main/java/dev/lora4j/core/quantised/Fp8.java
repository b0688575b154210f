package dev.lora4j.core.quantised;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.Float8Form.Scaling;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;

/**
 * Eight bits per number as F8_E4M3 with a scale per row, by which the greatest number of the row
 * becomes 448, the greatest of the type.
 */
@Extension(
    point = Quantisation.class,
    name = "fp8",
    help = "8 bits, as small floating-point numbers by rows")
public record Fp8() implements Quantisation {
  private static final float MOST = 448;
  private static final int LEAST_EXPONENT = -6;
  private static final int FRACTION_BITS = 3;
  private static final int SIGN = 0x80;

  @Override
  public WeightForm form() {
    return new Float8Form(DType.F8_E4M3, Scaling.ROW);
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
          scales[row] = most / MOST;
          for (int i = begin; i < begin + width; i++) {
            codes[i] = most == 0 ? 0 : code(values[i] / scales[row]);
          }
        });
    return new QuantisedWeight(
        form(),
        shape,
        Map.of(
            Float8Form.CODES,
            HostTensor.owning(DType.U8, shape, codes),
            Float8Form.SCALES,
            HostTensor.of(Shape.of(rows), scales)));
  }

  /** The nearest F8_E4M3; halves go to the even code, and what is greater to the greatest. */
  static byte code(float value) {
    float size = Math.min(Math.abs(value), MOST);
    int exponent = Math.max(Math.getExponent(size), LEAST_EXPONENT);
    // Eighths of the power of two; below the least exponent the code is this number itself, and
    // sixteen of them are the next power.
    int eighths = (int) Math.rint(Math.scalb(size, FRACTION_BITS - exponent));
    int code = ((exponent - LEAST_EXPONENT) << FRACTION_BITS) + eighths;
    return (byte) (value < 0 ? code | SIGN : code);
  }
}
