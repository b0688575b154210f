package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.quantised.CodeBook;
import dev.lora4j.core.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Numbers for each element of the weights in 8 bits: codes of a dynamic map, in blocks with a scale
 * each (Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization"). Weights with few
 * elements have the numbers themselves. A weight's last block is filled up with zeros.
 *
 * @param name of the slot with the numbers of small weights, and the beginning of the other names
 * @param signed whether numbers may be below 0
 */
record EightBitVector(String name, boolean signed) {
  /** Numbers with a scale in common. */
  static final int BLOCK = 256;

  /** Elements from which on a weight's numbers are codes. */
  static final int LEAST = 4096;

  /** Slot of the codes, [blocks, {@link #BLOCK}]. */
  String codes() {
    return name + "_codes";
  }

  /** Slot of the scales, [blocks]. */
  String scales() {
    return name + "_scales";
  }

  /** The values of codes. */
  CodeBook book() {
    return CodeBook.dynamic(signed);
  }

  List<OptimizerSlot> slots() {
    return List.of(
        new OptimizerSlot.Vector(name, EightBitVector::numbers, false),
        new OptimizerSlot.Codes(codes(), shape -> Shape.of(blocks(shape), BLOCK), zero()),
        new OptimizerSlot.Vector(scales(), shape -> Shape.of(blocks(shape)), false));
  }

  private int zero() {
    return Arrays.binarySearch(book().values(), 0f);
  }

  /** True if a weight's numbers are no codes; its size must be known. */
  static boolean small(Shape weight) {
    return weight.elements() < LEAST;
  }

  private static Shape numbers(Shape weight) {
    return weight.known()
        ? Shape.of(small(weight) ? weight.elements() : 0)
        : Shape.of(Shape.UNKNOWN);
  }

  private static long blocks(Shape weight) {
    if (!weight.known()) {
      return Shape.UNKNOWN;
    }
    return small(weight) ? 0 : (weight.elements() + BLOCK - 1) / BLOCK;
  }
}
