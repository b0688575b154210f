package dev.lora4j.core.gguf.block;

import static dev.lora4j.core.gguf.block.StagedBlocks.changed;
import static dev.lora4j.core.gguf.block.StagedBlocks.scaled;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;

/** Numbers of {@link SuperBlock}s as expressions, F32 [blocks, sub-blocks, numbers of each]. */
final class StagedSuperBlocks {
  private StagedSuperBlocks() {}

  static Expr numbers(SuperBlock type, StagedBlocks in) {
    return switch (type) {
      case Q2_K -> twos(in);
      case Q3_K -> threes(in);
      case Q4_K -> foursAndFives(in, 0);
      case Q5_K -> foursAndFives(in, 32);
      case Q6_K -> sixes(in);
    };
  }

  /**
   * Fields of whole numbers: I32 [blocks, shifts, numbers].
   *
   * @param numbers I32 [blocks, numbers]
   * @param mask of the field's bits
   */
  static Expr fields(Expr numbers, int mask, int... shifts) {
    Expr[] more = new Expr[shifts.length - 1];
    for (int i = 1; i < shifts.length; i++) {
      more[i - 1] = field(numbers, mask, shifts[i]).unsqueeze(1);
    }
    return field(numbers, mask, shifts[0]).unsqueeze(1).cat(1, more);
  }

  private static Expr field(Expr numbers, int mask, int shift) {
    return (shift == 0 ? numbers : numbers.shiftRight(shift)).bitAnd(mask);
  }

  /** Two bits each: [blocks, 2 halves of 32 bytes, 4 pairs of bits, 32] as [blocks, 16, 16]. */
  private static Expr pairs(StagedBlocks in, int from) {
    return in.look(ByteTable.PAIRS, from, 64)
        .reshape(in.count(), 2, 32, 4)
        .transpose(2, 3)
        .contiguous()
        .reshape(in.count(), 16, 16);
  }

  private static Expr twos(StagedBlocks in) {
    Expr scales = in.whole(0, 16);
    Expr d = in.half(80).mul(field(scales, 15, 0).to(DType.F32));
    Expr m = in.half(82).mul(field(scales, 15, 4).to(DType.F32));
    return changed("sub_", scaled(pairs(in, 16), d.unsqueeze(-1)), m.unsqueeze(-1));
  }

  private static Expr threes(StagedBlocks in) {
    Expr lower = fields(in.whole(96, 8), 15, 0, 4).reshape(in.count(), 16);
    Expr upper = fields(in.whole(104, 4), 3, 0, 2, 4, 6).reshape(in.count(), 16);
    Expr scales = lower.add(upper.mul(16)).sub(32).to(DType.F32);
    // Where the highest bit is set, nothing is taken away: 4 less, and 4 for the bit.
    Expr highest =
        in.look(ByteTable.BITS, 0, 32).transpose(1, 2).contiguous().reshape(in.count(), 16, 16);
    Expr numbers = changed("add_", pairs(in, 32), highest.sub(1).mul(4));
    return scaled(numbers, in.half(108).mul(scales).unsqueeze(-1));
  }

  /**
   * Numbers of four or five bits.
   *
   * @param fifths bytes of the fifth bits
   */
  private static Expr foursAndFives(StagedBlocks in, int fifths) {
    Expr a = in.whole(4, 4);
    Expr b = in.whole(8, 4);
    Expr c = in.whole(12, 4);
    Expr scales = sixBits(a, field(c, 15, 0));
    Expr least = sixBits(b, field(c, 15, 4));
    Expr numbers =
        in.halves(ByteTable.LOWER, ByteTable.UPPER, 16 + fifths, 128, 4).reshape(in.count(), 8, 32);
    if (fifths > 0) {
      Expr bits = in.look(ByteTable.BITS, 16, 32).transpose(1, 2).contiguous();
      numbers = changed("add_", numbers, bits.mul(16));
    }
    Expr d = in.half(0).mul(scales).unsqueeze(-1);
    Expr m = in.half(2).mul(least).unsqueeze(-1);
    return changed("sub_", scaled(numbers, d), m);
  }

  /**
   * Scales of eight sub-blocks, F32 [blocks, 8]: those of the first four are the lower six bits of
   * their bytes; of the others the upper two bits are there, too.
   */
  private static Expr sixBits(Expr own, Expr lower) {
    Expr upper = field(own, 48, 2);
    return field(own, 63, 0).cat(1, lower.add(upper)).to(DType.F32);
  }

  private static Expr sixes(StagedBlocks in) {
    // Lower four bits: of each 64 bytes the lower halves are two quarters, the upper ones two more.
    Expr lower = in.halves(ByteTable.LOWER, ByteTable.UPPER, 0, 128, 2).reshape(in.count(), 16, 16);
    Expr upper = pairs(in, 128).mul(16).sub(32);
    Expr scales = in.bytes(192, 16).reinterpret(DType.I8).to(DType.F32);
    return scaled(changed("add_", lower, upper), in.half(208).mul(scales).unsqueeze(-1));
  }
}
