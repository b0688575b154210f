package dev.lora4j.core.safetensors;

/** Bounds that reader and writer share. No file in use comes near them; hostile files do. */
final class Limits {
  /** Bytes of the header-length field. */
  static final int PREFIX = 8;

  /** Bytes of a header. The reference reader and writer have the same bound. */
  static final long HEADER = 100_000_000;

  /** Tensors in a file, and entries of an index. */
  static final int TENSORS = 1_000_000;

  /** Strings in the metadata. */
  static final int METADATA_ENTRIES = 100_000;

  /** Dimensions of a tensor. */
  static final int DIMENSIONS = 8;

  /** One size of a shape, and one offset: the bound that the format's published schema gives. */
  static final long SIZE = (1L << 48) - 1;

  /** Levels of nesting in a value that is skipped. */
  static final int DEPTH = 16;

  /** Metadata key under which a header keeps its strings; no tensor may have this name. */
  static final String METADATA = "__metadata__";

  private Limits() {}
}
