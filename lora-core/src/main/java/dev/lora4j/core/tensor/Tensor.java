package dev.lora4j.core.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Data of one element type and shape in native memory. All mathematics is in {@link Program}; a
 * tensor only holds.
 *
 * <p>Belongs to the {@link Scope} it was made in and is released with it, or earlier by {@link
 * #close}. Compares by identity.
 */
public final class Tensor implements AutoCloseable {
  private final Backend.Handle handle;
  private final DType dtype;
  private final Shape shape;
  private Scope scope;
  private volatile String closedBy = "";

  Tensor(Scope scope, Backend.Handle handle, DType dtype, Shape shape) {
    this.scope = scope;
    this.handle = handle;
    this.dtype = dtype;
    this.shape = shape;
    scope.own(this);
  }

  /** A tensor with a copy of the remaining little-endian bytes of {@code data}. */
  public static Tensor of(Scope scope, DType dtype, Shape shape, ByteBuffer data) {
    long expected = dtype.bytes(shape.elements());
    if (data.remaining() != expected) {
      throw new TensorException(
          dtype
              + " "
              + shape
              + " takes "
              + expected
              + " bytes, but "
              + data.remaining()
              + " were given.");
    }
    Engine engine = scope.engine();
    Backend.Handle handle = engine.call(() -> engine.backend().create(dtype, shape, data));
    return new Tensor(scope, handle, dtype, shape);
  }

  /** An F32 tensor with a copy of {@code values} in row-major order. */
  public static Tensor of(Scope scope, Shape shape, float... values) {
    ByteBuffer bytes = buffer(values.length * 4L);
    bytes.asFloatBuffer().put(values);
    return of(scope, DType.F32, shape, bytes);
  }

  /** An I64 tensor with a copy of {@code values} in row-major order. */
  public static Tensor ofLongs(Scope scope, Shape shape, long... values) {
    ByteBuffer bytes = buffer(values.length * 8L);
    bytes.asLongBuffer().put(values);
    return of(scope, DType.I64, shape, bytes);
  }

  /** An F32 tensor without dimensions. */
  public static Tensor scalar(Scope scope, float value) {
    return of(scope, Shape.of(), value);
  }

  private static ByteBuffer buffer(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Element type. */
  public DType dtype() {
    return dtype;
  }

  /** Shape, fully known. */
  public Shape shape() {
    return shape;
  }

  /** The elements in row-major order, little endian, in a buffer of the caller's own. */
  public ByteBuffer bytes() {
    Engine engine = scope.engine();
    Backend.Handle open = handle();
    return engine.call(() -> engine.backend().read(open)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The elements of an F32 tensor in row-major order.
   *
   * @throws TensorException if the type is another; cast inside a program
   */
  public float[] floats() {
    require(DType.F32);
    float[] values = new float[Math.toIntExact(shape.elements())];
    bytes().asFloatBuffer().get(values);
    return values;
  }

  /** The elements of an I64 tensor in row-major order. */
  public long[] longs() {
    require(DType.I64);
    long[] values = new long[Math.toIntExact(shape.elements())];
    bytes().asLongBuffer().get(values);
    return values;
  }

  /** A tensor with these values in another element type; a copy also if the type is the same. */
  public Tensor to(Scope owner, DType type) {
    return owner.engine().conversion(dtype, type).runUnchecked(owner, List.of(this)).get(0);
  }

  private void require(DType expected) {
    if (dtype != expected) {
      throw new TensorException("Expected a tensor of " + expected + ", found " + dtype + ".");
    }
  }

  /** Moves ownership to {@code owner}, for a result that outlives its step; returns this. */
  public Tensor moveTo(Scope owner) {
    handle();
    scope.disown(this);
    owner.own(this);
    scope = owner;
    return this;
  }

  Backend.Handle handle() {
    if (!closedBy.isEmpty()) {
      String where = scope.closedBy().isEmpty() ? closedBy : scope.closedBy();
      throw new TensorException("Tensor " + dtype + " " + shape + " was closed by " + where + ".");
    }
    return handle;
  }

  /** All tensors' handles, in order. */
  static List<Backend.Handle> handles(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::handle).toList();
  }

  @Override
  public void close() {
    if (closedBy.isEmpty()) {
      closedBy = CallSite.outside();
      scope.disown(this);
      scope.engine().backend().free(handle);
    }
  }

  @Override
  public String toString() {
    return dtype + " " + shape;
  }
}
