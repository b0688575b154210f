package dev.lora4j.core.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;

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
  private final Optional<MappedFile> mapped;
  private Scope scope;
  private final UseCount use = new UseCount();

  /** Copies of the tensor in other arrangements for programs that read these. */
  private final Map<PackedForm, Backend.Handle> packed = new HashMap<>();

  Tensor(Scope scope, Backend.Handle handle, DType dtype, Shape shape) {
    this(scope, handle, dtype, shape, Optional.empty());
  }

  private Tensor(
      Scope scope, Backend.Handle handle, DType dtype, Shape shape, Optional<MappedFile> mapped) {
    this.mapped = mapped;
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

  /** The file that it is a view of. */
  Optional<MappedFile> mapped() {
    return mapped;
  }

  /** The engine it was made through. */
  Engine engine() {
    return scope.engine();
  }

  /** Device of the elements. */
  public Device device() {
    return using(List.of(this), handles -> scope.engine().backend().device(handles.get(0)));
  }

  /** The elements in row-major order, little endian, in a buffer of the caller's own. */
  public ByteBuffer bytes() {
    Engine engine = scope.engine();
    return using(
        List.of(this),
        handles ->
            engine
                .call(() -> engine.backend().read(handles.get(0)))
                .order(ByteOrder.LITTLE_ENDIAN));
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
    Tensor converted =
        owner.engine().conversion(dtype, type).runUnchecked(owner, List.of(this)).get(0);
    dropPages();
    return converted;
  }

  private void require(DType expected) {
    if (dtype != expected) {
      throw new TensorException("Expected a tensor of " + expected + ", found " + dtype + ".");
    }
  }

  /** Moves ownership to {@code owner}, for a result that outlives its step; returns this. */
  public Tensor moveTo(Scope owner) {
    return using(
        List.of(this),
        handles -> {
          scope.disown(this);
          owner.own(this);
          scope = owner;
          return this;
        });
  }

  /** Hands the handles of all tensors to {@code work}, during which none of them is released. */
  static <T> T using(List<Tensor> tensors, Function<List<Backend.Handle>, T> work) {
    int entered = 0;
    Optional<MappedFile> asked = Optional.empty();
    try {
      List<Backend.Handle> handles = new ArrayList<>(tensors.size());
      for (Tensor tensor : tensors) {
        tensor.use.enter(tensor);
        entered++;
        // Weights of one file stand together.
        if (!tensor.mapped.equals(asked)) {
          tensor.mapped.ifPresent(MappedFile::require);
          asked = tensor.mapped;
        }
        handles.add(tensor.handle);
      }
      return work.apply(handles);
    } finally {
      for (int i = 0; i < entered; i++) {
        tensors.get(i).use.leave();
      }
    }
  }

  /** Releases the memory, after the calls in progress that use it. Twice is harmless. */
  @Override
  public void close() {
    if (use.close()) {
      scope.disown(this);
      packed.values().forEach(scope.engine().backend()::free);
      scope.engine().backend().free(handle);
    }
  }

  /**
   * This tensor in another arrangement, made at its first use and released with the tensor. To be
   * called while the tensor is in use.
   */
  Backend.Handle packed(PackedForm form) {
    synchronized (packed) {
      Engine engine = scope.engine();
      return packed.computeIfAbsent(
          form,
          f -> {
            Backend.Handle made = engine.packed(f, handle);
            dropPages();
            return made;
          });
    }
  }

  /**
   * This tensor in another arrangement, for the caller to release. To be called while the tensor is
   * in use.
   */
  Backend.Handle packedAnew(PackedForm form) {
    Backend.Handle made = scope.engine().packed(form, handle);
    dropPages();
    return made;
  }

  /**
   * Returns the memory of a mapped file's pages to the system, which reads them again from the file
   * when needed. Other tensors have no such pages, and nothing happens.
   */
  public void dropPages() {
    advise(scope.engine().backend()::dropPages);
  }

  /** Lets the system read a mapped file's pages beforehand, while something else is computed. */
  void readAhead() {
    advise(scope.engine().backend()::readAhead);
  }

  private void advise(ObjLongConsumer<Backend.Handle> advice) {
    if (mapped.isPresent()) {
      using(
          List.of(this),
          handles -> {
            advice.accept(handles.get(0), dtype.bytes(shape.elements()));
            return this;
          });
    }
  }

  /** Returns true if it was released. */
  boolean closed() {
    return use.closed();
  }

  /**
   * A part of this tensor's elements under a shape of their own. Shares memory: a change in place
   * is seen by both, and the memory is released with the later of the two.
   *
   * @param owner owner of the view
   * @param offset elements before the first
   */
  public Tensor view(Scope owner, long offset, Shape part) {
    if (offset < 0 || part.elements() > shape.elements() - offset) {
      throw new TensorException(
          "Elements " + offset + " on of shape " + part + " are not all in " + this + ".");
    }
    Engine engine = scope.engine();
    return using(
        List.of(this),
        handles -> {
          Backend.Handle view =
              engine.call(() -> engine.backend().view(handles.get(0), offset, part));
          return new Tensor(owner, view, dtype, part, mapped);
        });
  }

  /**
   * A file's bytes as one tensor of type {@code dtype}, mapped into memory and not copied; a last
   * part that fills no element is left out. If the file is cut or written to while the tensor or a
   * view of it is open, their next use is an error; one that is cut during a use ends the process.
   * Programs must not change it in place: the change would be private to this process.
   *
   * @throws TensorException if the file cannot be mapped
   */
  public static Tensor map(Scope scope, Path file, DType dtype) {
    MappedFile mapped = MappedFile.of(file);
    long elements = mapped.size() * 8 / dtype.bits();
    Engine engine = scope.engine();
    try {
      Backend.Handle handle = engine.call(() -> engine.backend().map(file, dtype, elements));
      // A card has a copy.
      Optional<MappedFile> from = engine.device().cuda() ? Optional.empty() : Optional.of(mapped);
      return new Tensor(scope, handle, dtype, Shape.of(elements), from);
    } catch (Backend.NativeFailure e) {
      throw new TensorException(file + " cannot be mapped: " + e.getMessage(), e);
    }
  }

  /**
   * A file's bytes as one tensor of type {@code dtype}, mapped into memory: a change in place is a
   * change of the file. The file must not become shorter while the tensor or a view of it is open:
   * their next use would end the process.
   *
   * @param file of bytes that are all written, no fewer than one element
   * @throws TensorException if the file cannot be mapped, or the engine computes on a card, which
   *     reads its own memory alone
   */
  public static Tensor mapShared(Scope scope, Path file, DType dtype) {
    Engine engine = scope.engine();
    if (engine.device().cuda()) {
      throw new TensorException(
          file + " cannot be mapped to be changed on " + engine.device() + "; use a CPU.");
    }
    long elements = MappedFile.of(file).size() * 8 / dtype.bits();
    try {
      Backend.Handle handle = engine.call(() -> engine.backend().mapShared(file, dtype, elements));
      return new Tensor(scope, handle, dtype, Shape.of(elements));
    } catch (Backend.NativeFailure e) {
      throw new TensorException(file + " cannot be mapped: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return dtype + " " + shape;
  }
}
