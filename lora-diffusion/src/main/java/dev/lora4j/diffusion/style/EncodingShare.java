package dev.lora4j.diffusion.style;

/**
 * The pictures that one of several parts encodes: each {@code parts}-th, so that sizes of pictures,
 * which folders often have in a row, are mixed.
 *
 * @param part counted from 0
 */
record EncodingShare(int part, int parts) {
  static final EncodingShare ALL = new EncodingShare(0, 1);

  EncodingShare {
    if (part < 0 || part >= parts) {
      throw new IllegalArgumentException(
          "Pictures that are encoded in " + parts + " parts have no part " + part + ".");
    }
  }

  /** True if the picture of this number, counted from 0, belongs to it. */
  boolean has(int picture) {
    return picture % parts == part;
  }
}
