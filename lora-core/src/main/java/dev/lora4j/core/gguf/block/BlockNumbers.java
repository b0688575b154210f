package dev.lora4j.core.gguf.block;

import static dev.lora4j.core.gguf.block.StagedBlocks.changed;
import static dev.lora4j.core.gguf.block.StagedBlocks.scaled;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;

/**
 * Numbers of blocks as expressions: what {@link BlockType#dequantize} computes, with the same
 * operations in the same order.
 */
public final class BlockNumbers {
  private BlockNumbers() {}

  /** Returns true if a program can make the numbers of a type. */
  public static boolean stages(BlockType type) {
    return !(type instanceof PlainNumbers);
  }

  /** Tables that {@link #of} needs for a type, by name. */
  public static Map<String, HostTensor> tables(BlockType type) {
    return StagedBlocks.tables(type);
  }

  /**
   * The numbers of blocks.
   *
   * @param blocks U8 [blocks, bytes]
   * @param tables {@link #tables} as expressions
   * @return F32 [blocks, elements]
   */
  public static Expr of(BlockType type, Expr blocks, Map<String, Expr> tables) {
    StagedBlocks in = new StagedBlocks(blocks, tables);
    Expr numbers;
    if (type instanceof ScaledBlock one) {
      numbers = scaledBlock(one, in);
    } else if (type instanceof TableBlock one) {
      numbers = tableBlock(one, in);
    } else {
      numbers = StagedSuperBlocks.numbers((SuperBlock) type, in);
    }
    return numbers.reshape(in.count(), type.elements());
  }

  private static Expr scaledBlock(ScaledBlock type, StagedBlocks in) {
    Expr scale = in.half(0);
    return switch (type) {
      case Q8_0 -> scaled(in.bytes(2, 32).reinterpret(DType.I8).to(DType.F32), scale);
      case Q4_0 -> scaled(changed("sub_", fours(in, 2), number(scale, 8)), scale);
      case Q4_1 -> changed("add_", scaled(fours(in, 4), scale), in.half(2));
      case Q5_0 -> scaled(changed("sub_", fives(in, 2), number(scale, 16)), scale);
      case Q5_1 -> changed("add_", scaled(fives(in, 4), scale), in.half(2));
    };
  }

  private static Expr number(Expr like, double value) {
    return like.graph().constant(value, DType.F32);
  }

  /** 16 bytes: the lower four bits of all, then the upper ones. */
  private static Expr fours(StagedBlocks in, int from) {
    return in.halves(ByteTable.LOWER, ByteTable.UPPER, from, 16, 1).reshape(in.count(), 32);
  }

  /** Fifth bits in 4 bytes, then as {@link #fours}. */
  private static Expr fives(StagedBlocks in, int from) {
    Expr fifths = in.look(ByteTable.BITS, from, 4).reshape(in.count(), 32);
    return changed("add_", fours(in, from + 4), scaled(fifths, number(fifths, 16)));
  }

  private static Expr tableBlock(TableBlock type, StagedBlocks in) {
    return switch (type) {
      case IQ4_NL -> scaled(uneven(in, 2, 1).reshape(in.count(), 32), in.half(0));
      case MXFP4 ->
          scaled(
              in.halves(ByteTable.E2M1_LOWER, ByteTable.E2M1_UPPER, 1, 16, 1)
                  .reshape(in.count(), 32),
              in.look(ByteTable.HALF_POWER, 0, 1));
      case IQ4_XS ->
          scaled(uneven(in, 8, 8).reshape(in.count(), 8, 32), xsScales(in).unsqueeze(-1));
    };
  }

  private static Expr uneven(StagedBlocks in, int from, int groups) {
    return in.halves(ByteTable.UNEVEN_LOWER, ByteTable.UNEVEN_UPPER, from, 16 * groups, groups);
  }

  /** F32 [blocks, 8]: six bits each, the upper two in 2 bytes, the lower four in 4, less 32. */
  private static Expr xsScales(StagedBlocks in) {
    Expr upper = StagedSuperBlocks.fields(in.whole(2, 2), 3, 0, 2, 4, 6).transpose(1, 2);
    Expr lower = StagedSuperBlocks.fields(in.whole(4, 4), 15, 0, 4).transpose(1, 2);
    Expr all =
        lower
            .reshape(in.count(), 8)
            .add(upper.reshape(in.count(), 8).mul(16))
            .sub(32)
            .to(DType.F32);
    return scaled(all, in.half(0));
  }
}
