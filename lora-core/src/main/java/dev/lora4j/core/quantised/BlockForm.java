package dev.lora4j.core.quantised;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Four bits per number with a scale per block, as bitsandbytes has them (Dettmers et al. 2023,
 * "QLoRA"): two codes to a byte, the first in the high half, rows one after the other. Its parts:
 * {@code codes} U8 [(n + 1) / 2]; {@code scales} F32 [blocks]; or, with double quantisation, {@code
 * scales} U8 [blocks], {@code scales.scales} F32 [(blocks + 255) / 256] and {@code scales.offset}
 * F32 [1].
 *
 * @param book values of the 16 codes
 * @param block numbers of a block
 * @param nested values of the codes of scales, with double quantisation
 */
public record BlockForm(CodeBook book, int block, Optional<CodeBook> nested) implements WeightForm {
  /** Scales of a block of scales. */
  static final int NESTED_BLOCK = 256;

  /** Name of a part. */
  public static final String CODES = "codes";

  /** Name of a part. */
  public static final String SCALES = "scales";

  /** Name of a part. */
  public static final String NESTED_SCALES = "scales.scales";

  /** Name of a part. */
  public static final String NESTED_OFFSET = "scales.offset";

  private static final String PAIRS = "pairs";
  private static final String NESTED_BOOK = "scales.book";

  /** A form whose scales are rounded too, by the dynamic map, or are not. */
  static BlockForm of(CodeBook book, int block, boolean doubled) {
    return new BlockForm(
        book, block, doubled ? Optional.of(CodeBook.dynamic(true)) : Optional.empty());
  }

  /** Checks the sizes of the books. */
  public BlockForm {
    if (book.size() != 16 || nested.filter(b -> b.size() != 256).isPresent() || block < 1) {
      throw new IllegalArgumentException(
          "Codes of 4 bits have 16 values, those of scales 256, and a block has some numbers.");
    }
  }

  /** Rounds numbers to this form. */
  public QuantisedWeight rounded(float[] values, Shape shape) {
    return new BlockRounding(this).of(values, shape);
  }

  /**
   * Rounds numbers to this form, whose scales are rounded too.
   *
   * @param offset what scales are counted from; their mean is best
   */
  public QuantisedWeight rounded(float[] values, Shape shape, float offset) {
    return new BlockRounding(this).of(values, shape, offset);
  }

  /** Number of blocks. */
  int blocks(Shape shape) {
    return Math.toIntExact((shape.elements() + block - 1) / block);
  }

  @Override
  public List<Part> parts(Shape shape) {
    int blocks = blocks(shape);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(CODES, DType.U8, Shape.of((shape.elements() + 1) / 2)));
    parts.add(new Part(SCALES, nested.isPresent() ? DType.U8 : DType.F32, Shape.of(blocks)));
    if (nested.isPresent()) {
      int outer = (blocks + NESTED_BLOCK - 1) / NESTED_BLOCK;
      parts.add(new Part(NESTED_SCALES, DType.F32, Shape.of(outer)));
      parts.add(new Part(NESTED_OFFSET, DType.F32, Shape.of(1)));
    }
    return parts;
  }

  /** Rows of whole blocks, of which the scales are whole blocks too. */
  @Override
  public OptionalLong rowUnit(Shape shape) {
    long numbers = (long) block * (nested.isPresent() ? NESTED_BLOCK : 1);
    long bytes = numbers % 2 == 0 ? numbers : 2 * numbers;
    long row = shape.elements() / shape.size(0);
    return OptionalLong.of(bytes / greatestDivisor(bytes, row));
  }

  private static long greatestDivisor(long a, long b) {
    return b == 0 ? a : greatestDivisor(b, a % b);
  }

  @Override
  public Map<String, HostTensor> constants() {
    Map<String, HostTensor> all = new HashMap<>();
    all.put(PAIRS, pairs());
    nested.ifPresent(b -> all.put(NESTED_BOOK, HostTensor.of(Shape.of(b.size()), b.values())));
    return all;
  }

  /*
   * Both numbers of each byte, so that one look-up yields two of them. A complex number stands for
   * two F32: rows of a table of pairs would be copied one by one.
   */
  private HostTensor pairs() {
    ByteBuffer bytes = ByteBuffer.allocate(256 * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int code = 0; code < 256; code++) {
      bytes.putFloat(book.value(code >> 4)).putFloat(book.value(code & 15));
    }
    return HostTensor.of(DType.C64, Shape.of(256), bytes.flip());
  }

  @Override
  public Expr dequantised(Map<String, Expr> tensors, Shape shape, DType compute) {
    Expr codes = FormOps.of(tensors, CODES).to(DType.I32);
    Expr values = FormOps.asF32(FormOps.of(tensors, PAIRS).indexSelect(0, codes));
    return FormOps.scaled(values, scales(tensors, shape), shape, block).to(compute);
  }

  private Expr scales(Map<String, Expr> tensors, Shape shape) {
    Expr stored = FormOps.of(tensors, SCALES);
    if (nested.isEmpty()) {
      return stored;
    }
    Shape blocks = Shape.of(blocks(shape));
    Expr values = FormOps.of(tensors, NESTED_BOOK).indexSelect(0, stored.to(DType.I32));
    return FormOps.scaled(values, FormOps.of(tensors, NESTED_SCALES), blocks, NESTED_BLOCK)
        .add(FormOps.of(tensors, NESTED_OFFSET));
  }

  @Override
  public void numbers(Map<String, HostTensor> parts, Shape shape, long from, float[] values) {
    ByteBuffer codes = FormOps.part(parts, CODES).bytes();
    float[] scales =
        FormOps.part(parts, SCALES).dtype() == DType.F32
            ? FormOps.floats(parts, SCALES)
            : nestedScales(parts);
    for (int i = 0; i < values.length; i++) {
      long at = from + i;
      int pair = codes.get((int) (at >> 1)) & 0xff;
      values[i] = book.value((at & 1) == 0 ? pair >> 4 : pair & 15) * scales[(int) (at / block)];
    }
  }

  private float[] nestedScales(Map<String, HostTensor> parts) {
    CodeBook inner = nested.orElseThrow();
    ByteBuffer codes = FormOps.part(parts, SCALES).bytes();
    float[] outer = FormOps.floats(parts, NESTED_SCALES);
    float offset = FormOps.floats(parts, NESTED_OFFSET)[0];
    float[] scales = new float[codes.remaining()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = inner.value(codes.get(i) & 0xff) * outer[i / NESTED_BLOCK] + offset;
    }
    return scales;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("BlockForm")
        .with("book", book.digest())
        .with("block", block)
        .with("nested", nested.map(CodeBook::digest).orElse(""))
        .text();
  }
}
