package dev.lora4j.core.format.sparse;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * A tensor without its zeros: its other elements in row-major order, and their places. A zero is an
 * element whose bits are all 0, so that the tensor comes back to the last bit.
 *
 * @param values [count], in the tensor's type
 * @param places U8, as {@code form} has them
 */
record SparseCode(HostTensor values, Form form, HostTensor places) {
  /** Form of the places of elements that are there. */
  enum Form {
    /**
     * For each element the number of zeros before it; 255 stands for 255 zeros with no element
     * behind. Zeros at the end that fill no 255 are left out.
     */
    GAPS("gaps"),
    /** A bit for each element, from the least significant on: 1 if it is there. */
    MASK("mask");

    private final String word;

    Form(String word) {
      this.word = word;
    }

    /** Its name in keys. */
    String word() {
      return word;
    }
  }

  /** Types of tensors that are stored so. */
  static final Set<DType> TYPES = Set.of(DType.F64, DType.F32, DType.F16, DType.BF16);

  /** Elements that a tensor has at most, a hundred times those of a large factor. */
  static final long MOST_ELEMENTS = 1L << 28;

  private static final int SKIP = 255;

  /** Bytes that an entry of a header takes, about. */
  private static final int ENTRY = 200;

  /** The smaller of both forms; empty if the tensor itself takes no more. */
  static Optional<SparseCode> of(HostTensor tensor) {
    long elements = tensor.shape().elements();
    if (!TYPES.contains(tensor.dtype()) || elements > MOST_ELEMENTS) {
      return Optional.empty();
    }
    int width = tensor.dtype().bits() / Byte.SIZE;
    ByteBuffer bytes = tensor.bytes();
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    ByteArrayOutputStream gaps = new ByteArrayOutputStream();
    byte[] mask = new byte[Math.toIntExact((elements + 7) / 8)];
    byte[] element = new byte[width];
    int zeros = 0;
    for (int i = 0; i < elements; i++) {
      bytes.get(element);
      if (!zero(element)) {
        values.writeBytes(element);
        gaps.write(zeros);
        zeros = 0;
        mask[i / 8] |= (byte) (1 << i % 8);
      } else if (++zeros == SKIP) {
        gaps.write(SKIP);
        zeros = 0;
      }
    }
    boolean fewer = gaps.size() <= mask.length;
    byte[] places = fewer ? gaps.toByteArray() : mask;
    if (values.size() + places.length + ENTRY >= bytes.capacity()) {
      return Optional.empty();
    }
    Shape count = Shape.of(values.size() / width);
    return Optional.of(
        new SparseCode(
            HostTensor.owning(tensor.dtype(), count, values.toByteArray()),
            fewer ? Form.GAPS : Form.MASK,
            HostTensor.owning(DType.U8, Shape.of(places.length), places)));
  }

  private static boolean zero(byte[] element) {
    for (byte b : element) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Checks that so many places can be those of a tensor, so that a small file makes no large one.
   *
   * @param count of its elements that are there
   * @param bytes of the places
   * @return what is wrong; empty if nothing is
   */
  static Optional<String> problem(Form form, long elements, long count, long bytes) {
    if (count > elements) {
      return Optional.of(count + " values are stored for " + elements + " elements");
    }
    long most = form == Form.MASK ? (elements + 7) / 8 : elements;
    // A gap covers at most 255 elements, and fewer than 255 zeros are left out at the end.
    long least = form == Form.MASK ? most : elements / SKIP;
    return bytes >= least && bytes <= most
        ? Optional.empty()
        : Optional.of(
            bytes
                + " bytes of "
                + form.word()
                + " are stored for "
                + elements
                + " elements, which take "
                + (least == most ? "" : least + " to ")
                + most);
  }

  /**
   * The tensor.
   *
   * @throws IllegalArgumentException if the places are not as many as the values, or lie outside
   */
  HostTensor tensor(Shape shape) {
    int width = values.dtype().bits() / Byte.SIZE;
    int elements = Math.toIntExact(shape.elements());
    byte[] dense = new byte[Math.toIntExact(values.dtype().bytes(elements))];
    int[] at = form == Form.GAPS ? ofGaps(elements) : ofMask(elements);
    int count = (int) values.shape().elements();
    if (at.length != count) {
      throw new IllegalArgumentException(
          count + " values are stored, and " + form.word() + " has " + at.length + " places");
    }
    ByteBuffer bytes = values.bytes();
    for (int place : at) {
      bytes.get(dense, place * width, width);
    }
    return HostTensor.owning(values.dtype(), shape, dense);
  }

  private int[] ofGaps(int elements) {
    ByteBuffer bytes = places.bytes();
    int[] at = new int[bytes.remaining()];
    int count = 0;
    long next = 0;
    while (bytes.hasRemaining()) {
      int gap = Byte.toUnsignedInt(bytes.get());
      next += gap;
      if (gap < SKIP) {
        requireInside(next, elements);
        at[count++] = (int) next++;
      }
    }
    if (next > elements || elements - next >= SKIP) {
      throw new IllegalArgumentException(
          "gaps cover " + next + " elements of " + elements + ", and leave less than 255 out");
    }
    return Arrays.copyOf(at, count);
  }

  private int[] ofMask(int elements) {
    ByteBuffer bytes = places.bytes();
    int[] at = new int[Math.min(elements, Byte.SIZE * bytes.remaining())];
    int count = 0;
    for (int i = 0; i < Byte.SIZE * bytes.limit(); i++) {
      if ((bytes.get(i / 8) >> i % 8 & 1) != 0) {
        requireInside(i, elements);
        at[count++] = i;
      }
    }
    return Arrays.copyOf(at, count);
  }

  private static void requireInside(long place, int elements) {
    if (place >= elements) {
      throw new IllegalArgumentException(
          "a value is at place " + place + ", and there are " + elements + " elements");
    }
  }
}
