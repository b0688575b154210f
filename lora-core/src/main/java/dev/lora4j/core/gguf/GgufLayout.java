package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.tensor.Shape;

/**
 * The rules on tensors and where they lie: in the order of the header, each at the next multiple of
 * the alignment after the one before it, and all of them within the file.
 *
 * <p>Overlaps would let a small file claim much memory; holes and trailing bytes could carry a
 * second file that other programs see.
 */
final class GgufLayout {
  private final GgufFault fault;
  private final int alignment;
  private long end;
  private String last = "";

  GgufLayout(GgufFault fault, int alignment) {
    this.fault = fault;
    this.alignment = alignment;
  }

  static void requireName(GgufFault fault, String what, String name) {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw fault.of(
          Kind.BAD_NAME,
          "is damaged: " + what + (name.isEmpty() ? " is empty." : " has a NUL character in it."));
    }
  }

  /** Reads the next tensor of the header. */
  GgufTensor next(GgufCursor cursor) {
    String name = cursor.text("the name of a tensor", GgufLimits.NAME);
    requireName(fault, "the name of a tensor", name);
    Shape shape = shape(cursor, name);
    int number = cursor.word();
    GgufType type =
        GgufType.of(number)
            .orElseThrow(
                () ->
                    fault.tensor(
                        Kind.UNKNOWN_TENSOR_TYPE,
                        name,
                        "has the type %s, which is not known here."
                            .formatted(Integer.toUnsignedString(number))));
    long length = length(name, shape, type);
    long begin = size(name, "offset", cursor.doubleWord());
    checkBegin(name, begin);
    end = begin + length;
    last = name;
    return new GgufTensor(name, type, shape, begin, length);
  }

  private Shape shape(GgufCursor cursor, String name) {
    int rank = cursor.word();
    if (rank < 0 || rank > GgufLimits.DIMENSIONS) {
      throw fault.tensor(
          Kind.TOO_MANY_DIMENSIONS,
          name,
          "has %s dimensions, and %s are allowed."
              .formatted(Integer.toUnsignedString(rank), GgufLimits.DIMENSIONS));
    }
    long[] sizes = new long[rank];
    for (int d = rank - 1; d >= 0; d--) {
      sizes[d] = size(name, "size", cursor.doubleWord());
    }
    return Shape.of(sizes);
  }

  private long size(String name, String what, long value) {
    if (value < 0 || value > GgufLimits.SIZE) {
      throw fault.tensor(
          Kind.BAD_SIZE,
          name,
          "has the %s %s; expected a whole number below 2^48."
              .formatted(what, Long.toUnsignedString(value)));
    }
    return value;
  }

  private long length(String name, Shape shape, GgufType type) {
    long row = shape.rank() == 0 ? 1 : shape.size(shape.rank() - 1);
    if (row % type.elements() != 0) {
      throw fault.tensor(
          Kind.PARTIAL_BLOCK,
          name,
          "of %s %s has rows of %s, which are no whole blocks of %s."
              .formatted(type, shape, row, type.elements()));
    }
    try {
      long elements = 1;
      for (long size : shape.sizes()) {
        elements = Math.multiplyExact(elements, size);
      }
      long length = Math.multiplyExact(elements / type.elements(), (long) type.bytes());
      return size(name, "length", length);
    } catch (ArithmeticException e) {
      throw fault.tensor(
          Kind.SIZE_OVERFLOW,
          name,
          "has the shape %s, which no memory could hold.".formatted(shape));
    }
  }

  private void checkBegin(String name, long begin) {
    if (begin % alignment != 0) {
      throw fault.tensor(
          Kind.MISALIGNED,
          name,
          "begins at %s, which is no multiple of the alignment %s.".formatted(begin, alignment));
    }
    long expected = aligned(end);
    if (begin < expected) {
      throw fault.tensor(
          Kind.RANGE_OVERLAP,
          name,
          "begins at %s, inside the one before it, which ends at %s.".formatted(begin, end));
    }
    if (begin > expected) {
      throw fault.tensor(
          Kind.RANGE_HOLE,
          name,
          "begins at %s, after unused bytes from %s on.".formatted(begin, expected));
    }
  }

  private long aligned(long position) {
    return (position + alignment - 1) / alignment * alignment;
  }

  /** Position at which tensors begin, after a header of this length; none are in a short file. */
  long dataStart(long header, long fileSize) {
    return last.isEmpty() ? Math.min(aligned(header), fileSize) : aligned(header);
  }

  /** Checks the end of the last tensor against the bytes that follow the header. */
  void checkEnd(long available) {
    if (end > available) {
      throw fault.of(
          Kind.TRUNCATED,
          "ends too early: its tensors need %s bytes and %s are there. Download it again."
              .formatted(end, Math.max(0, available)));
    }
    if (available > aligned(end)) {
      throw fault.of(
          Kind.TRAILING_BYTES,
          "is damaged: %s bytes follow its last tensor.".formatted(available - end));
    }
  }
}
