package dev.lora4j.core.quantised;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * Eight bits per number as small floating-point numbers, times a scale: {@code codes} U8 of the
 * weight's shape, and {@code scales} F32 as {@link Scaling} says.
 *
 * @param type {@link DType#F8_E4M3} or {@link DType#F8_E5M2}
 */
public record Float8Form(DType type, Scaling scaling) implements WeightForm {
  /** Name of a part. */
  public static final String CODES = "codes";

  /** Name of a part. */
  public static final String SCALES = "scales";

  private static final String VALUES = "values";
  private static final int BYTES = 256;

  /** Part of a weight that a scale is for. */
  public enum Scaling {
    /** None: numbers are as they are. */
    NONE,
    /** The weight: [1]. */
    WEIGHT,
    /** A row: [out]. */
    ROW,
    /** 128 rows of 128 columns: [(out + 127) / 128, (in + 127) / 128]. */
    BLOCK
  }

  /** Rows and columns of a block. */
  static final int BLOCK = 128;

  /** Checks the type. */
  public Float8Form {
    if (type != DType.F8_E4M3 && type != DType.F8_E5M2) {
      throw new IllegalArgumentException(
          "Small floating-point numbers are F8_E4M3 or F8_E5M2, found " + type + ".");
    }
  }

  @Override
  public List<Part> parts(Shape shape) {
    Part codes = new Part(CODES, DType.U8, shape);
    return switch (scaling) {
      case NONE -> List.of(codes);
      case WEIGHT -> List.of(codes, new Part(SCALES, DType.F32, Shape.of(1)));
      case ROW -> List.of(codes, new Part(SCALES, DType.F32, Shape.of(shape.size(0))));
      case BLOCK ->
          List.of(
              codes,
              new Part(SCALES, DType.F32, Shape.of(blocks(shape.size(0)), blocks(shape.size(1)))));
    };
  }

  private static long blocks(long size) {
    return (size + BLOCK - 1) / BLOCK;
  }

  @Override
  public Map<String, HostTensor> constants() {
    return Map.of(VALUES, HostTensor.of(Shape.of(BYTES), values()));
  }

  /** Numbers of all bytes. */
  float[] values() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) i;
    }
    double[] numbers = HostTensor.owning(type, Shape.of(BYTES), bytes).doubles();
    float[] values = new float[BYTES];
    for (int i = 0; i < BYTES; i++) {
      values[i] = (float) numbers[i];
    }
    return values;
  }

  /*
   * A look-up: the engine's own conversion is six times slower on processors without instructions
   * for it.
   */
  @Override
  public Expr dequantised(Map<String, Expr> tensors, Shape shape, DType compute) {
    Expr codes = FormOps.of(tensors, CODES).reshape(shape.elements()).to(DType.I32);
    Expr values = FormOps.of(tensors, VALUES).indexSelect(0, codes).reshape(shape.sizes());
    Expr scaled =
        switch (scaling) {
          case NONE -> values;
          case WEIGHT -> FormOps.multiplied(values, FormOps.of(tensors, SCALES));
          case ROW ->
              FormOps.multiplied(
                  values, FormOps.of(tensors, SCALES).reshape(RowForm.column(shape)));
          case BLOCK -> FormOps.multiplied(values, blockScales(tensors, shape));
        };
    return scaled.to(compute);
  }

  private static Expr blockScales(Map<String, Expr> tensors, Shape shape) {
    return FormOps.of(tensors, SCALES)
        .repeatInterleave(BLOCK, 0)
        .slice(0, 0, shape.size(0))
        .repeatInterleave(BLOCK, 1)
        .slice(1, 0, shape.size(1));
  }

  @Override
  public void numbers(Map<String, HostTensor> parts, Shape shape, long from, float[] values) {
    ByteBuffer codes = FormOps.part(parts, CODES).bytes();
    float[] scales = scaling == Scaling.NONE ? new float[] {1} : FormOps.floats(parts, SCALES);
    float[] table = values();
    long row = shape.elements() / shape.size(0);
    for (int i = 0; i < values.length; i++) {
      long at = from + i;
      int scale =
          switch (scaling) {
            case NONE, WEIGHT -> 0;
            case ROW -> (int) (at / row);
            case BLOCK -> (int) (at / row / BLOCK * blocks(row) + at % row / BLOCK);
          };
      values[i] = table[codes.get((int) at) & 0xff] * scales[scale];
    }
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Float8Form").with("type", type).with("scaling", scaling).text();
  }
}
