package dev.lora4j.core.gguf;

/** Bounds of what is read. No file in use comes near them; hostile files do. */
final class GgufLimits {
  /** Bytes of a header. Vocabularies of 260,000 tokens take 10 million. */
  static final long HEADER = 100_000_000;

  /** Tensors in a file. */
  static final int TENSORS = 1_000_000;

  /** Entries of the metadata. */
  static final int KEYS = 100_000;

  /** Elements of all arrays together, those of arrays in arrays too. */
  static final int ELEMENTS = 1 << 22;

  /** Arrays within each other. */
  static final int DEPTH = 4;

  /** Bytes of a key, by the format, and of a tensor's name. */
  static final int NAME = (1 << 16) - 1;

  /** Dimensions of a tensor. The reference reader has the same bound. */
  static final int DIMENSIONS = 4;

  /** One size of a shape, and one offset. */
  static final long SIZE = (1L << 48) - 1;

  /** Bytes that tensors may be aligned to. */
  static final int ALIGNMENT = 1 << 16;

  private GgufLimits() {}
}
