package dev.lora4j.core.quantised;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;

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
  public boolean rowwise() {
    return scaling != Scaling.BLOCK;
  }

  @Override
  public OptionalLong rowUnit(Shape shape) {
    return OptionalLong.of(scaling == Scaling.BLOCK ? BLOCK : 1);
  }

  @Override
  public Map<String, HostTensor> constants() {
    return Map.of(VALUES, table());
  }

  private HostTensor table() {
    float[] values = Float8Code.of(type).numbers();
    return HostTensor.of(Shape.of(values.length), values);
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
    float[] table = Float8Code.of(type).numbers();
    long row = shape.elements() / shape.size(0);
    for (int i = 0; i < values.length; i++) {
      long at = from + i;
      values[i] = table[codes.get((int) at) & 0xff] * scales[scale(at, row)];
    }
  }

  /** The scale of a number, in their order. */
  private int scale(long at, long row) {
    return switch (scaling) {
      case NONE, WEIGHT -> 0;
      case ROW -> (int) (at / row);
      case BLOCK -> (int) (at / row / BLOCK * blocks(row) + at % row / BLOCK);
    };
  }

  /**
   * Scales by which the greatest number of each part becomes the greatest of the type, in the shape
   * of {@link #SCALES}; a part of zeros has 0.
   */
  public HostTensor scales(float[] values, Shape shape) {
    Shape all = parts(shape).get(1).shape();
    float[] most = new float[Math.toIntExact(all.elements())];
    long row = shape.elements() / shape.size(0);
    for (int i = 0; i < values.length; i++) {
      int scale = scale(i, row);
      most[scale] = Math.max(most[scale], Math.abs(values[i]));
    }
    float greatest = Float8Code.of(type).most();
    for (int i = 0; i < most.length; i++) {
      most[i] /= greatest;
    }
    return HostTensor.of(all, most);
  }

  /**
   * Rounds numbers to this form.
   *
   * @param scales as {@link #scales} has them; not used without scaling
   */
  public QuantisedWeight rounded(float[] values, Shape shape, HostTensor scales) {
    float[] factors = {1};
    Map<String, HostTensor> parts = new HashMap<>();
    if (scaling != Scaling.NONE) {
      parts.put(SCALES, scales);
      factors = FormOps.floats(parts, SCALES);
    }
    byte[] codes = codes(values, shape, factors);
    parts.put(CODES, HostTensor.owning(DType.U8, shape, codes));
    return new QuantisedWeight(this, shape, parts);
  }

  private byte[] codes(float[] values, Shape shape, float[] scales) {
    Float8Code code = Float8Code.of(type);
    byte[] codes = new byte[values.length];
    int row = Math.toIntExact(shape.elements() / shape.size(0));
    IntStream.range(0, values.length / row)
        .parallel()
        .forEach(
            r -> {
              for (int i = r * row; i < (r + 1) * row; i++) {
                float scale = scales[scale(i, row)];
                codes[i] = scale == 0 ? 0 : code.of(values[i] / scale);
              }
            });
    return codes;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Float8Form").with("type", type).with("scaling", scaling).text();
  }
}
