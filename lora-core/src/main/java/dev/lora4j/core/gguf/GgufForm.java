package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.block.BlockNumbers;
import dev.lora4j.core.gguf.block.BlockType;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A weight in blocks of a GGUF file: {@code blocks} U8 [blocks, bytes of one].
 *
 * @param type one that is dequantised here
 * @param pairedHeads as {@link GgufWeight#pairedHeads}
 * @param added as {@link GgufWeight#added}
 */
record GgufForm(GgufType type, int pairedHeads, float added) implements WeightForm {
  static final String BLOCKS = "blocks";

  private BlockType block() {
    return type.block().orElseThrow();
  }

  @Override
  public List<Part> parts(Shape shape) {
    long count = shape.elements() / type.elements();
    return List.of(new Part(BLOCKS, DType.U8, Shape.of(count, type.bytes())));
  }

  @Override
  public boolean rowwise() {
    return pairedHeads == 0;
  }

  @Override
  public Map<String, HostTensor> constants() {
    return BlockNumbers.tables(block());
  }

  @Override
  public Expr dequantised(Map<String, Expr> tensors, Shape shape, DType compute) {
    Expr blocks = Objects.requireNonNull(tensors.get(BLOCKS));
    Expr numbers = BlockNumbers.of(block(), blocks, tensors).reshape(shape.sizes());
    if (pairedHeads > 0) {
      long half = shape.size(0) / pairedHeads / 2;
      long row = shape.elements() / shape.size(0);
      numbers =
          numbers
              .reshape(pairedHeads, half, 2, row)
              .transpose(1, 2)
              .contiguous()
              .reshape(shape.sizes());
    }
    return (added == 0 ? numbers : numbers.sub(added)).to(compute);
  }

  @Override
  public void numbers(Map<String, HostTensor> parts, Shape shape, long from, float[] values) {
    ByteBuffer bytes = Objects.requireNonNull(parts.get(BLOCKS)).bytes();
    byte[] packed = new byte[bytes.remaining()];
    bytes.get(packed);
    float[] stored = new float[Math.toIntExact(shape.elements())];
    block().dequantize(packed, 0, packed.length / type.bytes(), stored, 0);
    GgufWeight weight = GgufWeight.of("", "").withPairedHeads(pairedHeads);
    int rows = Math.toIntExact(shape.size(0));
    int row = stored.length / rows;
    for (int i = 0; i < values.length; i++) {
      int at = Math.toIntExact(from + i);
      long place = pairedHeads == 0 ? at / row : weight.place(at / row, rows);
      values[i] = stored[Math.toIntExact(place * row + at % row)] - added;
    }
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("GgufForm")
        .with("type", type)
        .with("pairedHeads", pairedHeads)
        .with("added", (double) added)
        .text();
  }
}
