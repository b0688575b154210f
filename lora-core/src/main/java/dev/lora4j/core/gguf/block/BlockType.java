package dev.lora4j.core.gguf.block;

/**
 * A way to pack numbers into blocks of equal size. Each constant of the enumerations that implement
 * it is one; a row of a tensor is a whole number of blocks.
 */
public sealed interface BlockType permits PlainNumbers, ScaledBlock, SuperBlock, TableBlock {
  /** Its name in GGML, for example {@code Q4_K}. */
  String name();

  /** Numbers in a block. */
  int elements();

  /** Bytes of a block. */
  int bytes();

  /**
   * Dequantises blocks that lie one after the other.
   *
   * @param packed their bytes
   * @param from position of the first block in {@code packed}
   * @param blocks how many
   * @param values takes their numbers, in F32
   * @param at position of the first number in {@code values}
   */
  void dequantize(byte[] packed, int from, int blocks, float[] values, int at);
}
