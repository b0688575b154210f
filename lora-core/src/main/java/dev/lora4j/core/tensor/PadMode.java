package dev.lora4j.core.tensor;

import java.util.Locale;

/** Padding of a tensor beyond its borders. */
public enum PadMode {
  /** Zeros. */
  ZEROS,
  /** The elements within, mirrored at the border element, which is not repeated: 3 2 | 1 2 3. */
  REFLECT,
  /** The border element, again and again: 1 1 | 1 2 3. */
  REPLICATE,
  /** The elements from the other end: 2 3 | 1 2 3. */
  CIRCULAR;

  /** ATen's name of the mode. */
  String aten() {
    return this == ZEROS ? "constant" : name().toLowerCase(Locale.ROOT);
  }

  /** The largest padding that a dimension of {@code size} allows. */
  long limit(long size) {
    return switch (this) {
      case REFLECT -> size - 1;
      case CIRCULAR -> size;
      case ZEROS, REPLICATE -> Long.MAX_VALUE;
    };
  }
}
