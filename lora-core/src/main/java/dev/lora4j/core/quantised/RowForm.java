package dev.lora4j.core.quantised;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Eight bits per number with a scale per row, as bitsandbytes has them (Dettmers et al. 2022,
 * "LLM.int8()"): {@code codes} I8 of the weight's shape, and {@code scales} F32 [out], the greatest
 * absolute value of each row, which code 127 stands for.
 */
public record RowForm() implements WeightForm {
  /** Name of a part. */
  public static final String CODES = "codes";

  /** Name of a part. */
  public static final String SCALES = "scales";

  private static final float MOST = 127;

  /** Factor by which bitsandbytes divides by 127. */
  static final double STEP = 7.874015718698502e-3;

  @Override
  public List<Part> parts(Shape shape) {
    return List.of(
        new Part(CODES, DType.I8, shape), new Part(SCALES, DType.F32, Shape.of(shape.size(0))));
  }

  @Override
  public boolean rowwise() {
    return true;
  }

  @Override
  public Map<String, HostTensor> constants() {
    return Map.of();
  }

  @Override
  public Expr dequantised(Map<String, Expr> tensors, Shape shape, DType compute) {
    Expr values = FormOps.of(tensors, CODES).to(DType.F32);
    Expr scales = FormOps.of(tensors, SCALES).reshape(column(shape));
    return FormOps.multiplied(FormOps.multiplied(values, scales), step(scales)).to(compute);
  }

  private static Expr step(Expr like) {
    return like.graph().constant(STEP, DType.F32);
  }

  /** Rounds numbers to this form: the greatest of a row becomes 127 or -127. */
  public QuantisedWeight rounded(float[] values, Shape shape) {
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
        this,
        shape,
        Map.of(
            CODES,
            HostTensor.owning(DType.I8, shape, codes),
            SCALES,
            HostTensor.of(Shape.of(rows), scales)));
  }

  /** [out, 1, ...]. */
  static long[] column(Shape shape) {
    long[] sizes = new long[shape.rank()];
    Arrays.fill(sizes, 1);
    sizes[0] = shape.size(0);
    return sizes;
  }

  @Override
  public void numbers(Map<String, HostTensor> parts, Shape shape, long from, float[] values) {
    ByteBuffer codes = FormOps.part(parts, CODES).bytes();
    float[] scales = FormOps.floats(parts, SCALES);
    long row = shape.elements() / shape.size(0);
    for (int i = 0; i < values.length; i++) {
      long at = from + i;
      values[i] = codes.get((int) at) * scales[(int) (at / row)] * (float) STEP;
    }
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RowForm").text();
  }
}
