package dev.lora4j.core.tensor.host;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A small immutable tensor on the Java heap, in the element type of its file. Needs no engine and
 * no closing; compares by content.
 */
public final class HostTensor implements Canonical {
  private final DType dtype;
  private final Shape shape;
  private final byte[] data;

  private HostTensor(DType dtype, Shape shape, byte[] data) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }

  /** A tensor with a copy of the remaining little-endian bytes of {@code data}. */
  public static HostTensor of(DType dtype, Shape shape, ByteBuffer data) {
    byte[] copy = new byte[data.remaining()];
    data.duplicate().get(copy);
    if (copy.length != dtype.bytes(shape.elements())) {
      throw new TensorException(dtype + " " + shape + " does not take " + copy.length + " bytes.");
    }
    return new HostTensor(dtype, shape, copy);
  }

  /**
   * A tensor of these little-endian bytes, which are not copied: the caller must not change them.
   *
   * @throws TensorException if they are not as many as type and shape take
   */
  public static HostTensor owning(DType dtype, Shape shape, byte[] data) {
    if (data.length != dtype.bytes(shape.elements())) {
      throw new TensorException(dtype + " " + shape + " does not take " + data.length + " bytes.");
    }
    return new HostTensor(dtype, shape, data);
  }

  /** An F32 tensor with these values in row-major order. */
  public static HostTensor of(Shape shape, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return of(DType.F32, shape, bytes);
  }

  /**
   * A tensor of F64, F32, F16 or BF16 with these values in row-major order, each rounded once, to
   * the nearest and to even between two. What is too large becomes infinite.
   */
  public static HostTensor of(DType dtype, Shape shape, double[] values) {
    return of(dtype, shape, HostNumbers.bytes(dtype, values));
  }

  /**
   * A tensor of F32, F16 or BF16 with these values in row-major order, each rounded once, to the
   * nearest and to even between two. What is too large becomes infinite.
   */
  public static HostTensor of(DType dtype, Shape shape, float[] values) {
    return owning(dtype, shape, HostFloats.bytes(dtype, values));
  }

  /**
   * The sum of tensors of F32, F16 or BF16 and one shape, each times its factor. Products and sums
   * are rounded to F32, the result once more to {@code dtype}, which is one of these types.
   *
   * @throws TensorException if they have different shapes or another type
   */
  public static HostTensor sum(DType dtype, List<HostTensor> terms, float... factors) {
    Shape shape = terms.get(0).shape();
    for (HostTensor term : terms) {
      if (!term.shape().equals(shape)) {
        throw new TensorException(shape + " and " + term.shape() + " cannot be added up.");
      }
    }
    return HostFloats.sum(dtype, terms, factors);
  }

  /** A copy of a native tensor. */
  public static HostTensor of(Tensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    boolean whole =
        bytes.hasArray() && bytes.arrayOffset() == 0 && bytes.array().length == bytes.remaining();
    return whole
        ? owning(tensor.dtype(), tensor.shape(), bytes.array())
        : of(tensor.dtype(), tensor.shape(), bytes);
  }

  /** Element type. */
  public DType dtype() {
    return dtype;
  }

  /** Shape. */
  public Shape shape() {
    return shape;
  }

  /** The elements in row-major order, read-only and little endian. */
  public ByteBuffer bytes() {
    return ByteBuffer.wrap(data).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The same elements under another shape with as many. */
  public HostTensor reshape(Shape other) {
    if (other.elements() != shape.elements()) {
      throw new TensorException(shape + " cannot become " + other + ".");
    }
    return new HostTensor(dtype, other, data);
  }

  /**
   * The elements as numbers, in row-major order.
   *
   * @throws TensorException if the type is packed, complex or an exponent alone
   */
  public double[] doubles() {
    return HostNumbers.of(dtype, bytes(), Math.toIntExact(shape.elements()));
  }

  /**
   * The elements of this tensor of F32, F16 or BF16, in row-major order.
   *
   * @throws TensorException if it is of another type
   */
  public float[] floats() {
    float[] values = new float[Math.toIntExact(shape.elements())];
    floats(values, 0);
    return values;
  }

  /**
   * Writes the elements of this tensor of F32, F16 or BF16 into {@code target}, from {@code at} on,
   * in row-major order.
   *
   * @throws TensorException if it is of another type
   */
  public void floats(float[] target, int at) {
    HostFloats.read(dtype, bytes(), target, at);
  }

  /**
   * Writes {@code count} elements, the first that with number {@code from}, into the beginning of
   * {@code target}; as {@link #floats(float[], int)} otherwise.
   */
  public void floats(int from, int count, float[] target) {
    HostFloats.read(dtype, bytes(from, count), target, 0);
  }

  /** The bytes of some elements. */
  ByteBuffer bytes(int from, int count) {
    return bytes().slice(Math.toIntExact(dtype.bytes(from)), Math.toIntExact(dtype.bytes(count)));
  }

  /** Returns true if all elements of this tensor of F32, F16 or BF16 are 0. */
  public boolean zero() {
    ByteBuffer bytes = bytes();
    int width = Math.toIntExact(dtype.bytes(1));
    while (bytes.hasRemaining()) {
      int bits = width == Float.BYTES ? bytes.getInt() << 1 : bytes.getShort() << (Short.SIZE + 1);
      // The sign is no matter.
      if (bits != 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns true if no element of this floating-point tensor is infinite or NaN. */
  public boolean finite() {
    return HostNumbers.finite(dtype, bytes());
  }

  /** A native copy. */
  public Tensor on(Scope scope) {
    return Tensor.of(scope, dtype, shape, bytes());
  }

  /** A native copy in another element type. */
  public Tensor on(Scope scope, DType type) {
    if (type == dtype) {
      return on(scope);
    }
    try (Tensor stored = on(scope)) {
      return stored.to(scope, type);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HostTensor t
        && dtype == t.dtype
        && shape.equals(t.shape)
        && Arrays.equals(data, t.data);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(data);
  }

  /** Type and shape; digests include the numbers as bytes. */
  @Override
  public String canonical() {
    return dtype.name() + " " + shape.canonical();
  }

  @Override
  public String toString() {
    return canonical();
  }
}
