package dev.lora4j.core.tensor;

import dev.lora4j.core.tensor.runtime.EngineObstacle;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The engine behind tensors and programs. Implementations are found with {@link
 * java.util.ServiceLoader}; applications never call this interface.
 *
 * <p>All methods may be called from several threads at once. Native failures are reported as {@link
 * NativeFailure}; none of them may end the process.
 */
public interface Backend {
  /** Autograd state that operators keep with their results. */
  enum Mode {
    /** None; the fastest. */
    INFERENCE,
    /** The state for results that change in place and take part in gradients later. */
    PLAIN,
    /** The state for {@code autograd.grad}. */
    GRADIENTS
  }

  /** Something the engine holds: a tensor or a loaded module. */
  interface Handle {}

  /** The engine refused an operator; carries the engine's own text. */
  final class NativeFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes one from the engine's text and exception. */
    public NativeFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Obstacle to starting the engine or using {@code device}, as far as it shows before anything
   * native is loaded; empty if there is none.
   */
  Optional<EngineObstacle> obstacle(Device device);

  /**
   * Starts the engine if needed, with {@code threads} threads inside an operator.
   *
   * @return the device that {@link #create} makes tensors on: {@code device}, or what was chosen
   *     for {@link Device#AUTO}
   * @throws TensorException with the text of an {@link #obstacle}, or if the native library fails
   */
  Device start(int threads, Device device);

  /** Description of each device that this process can use now, the CPU first. */
  List<DeviceInfo> devices();

  /** Loads a module whose code is {@code source}. */
  Handle load(String source);

  /** A list of tensors to be passed to many runs in this mode; keeps their memory until freed. */
  Handle list(List<Handle> tensors, Mode mode);

  /**
   * Runs method {@code run} of a module.
   *
   * @param held what {@link #list} gave, if the module has held inputs
   * @return new handles, owned by the caller
   */
  List<Handle> run(Handle module, List<Handle> inputs, Optional<Handle> held, Mode mode);

  /** Elements from {@code offset} on under another shape, sharing memory. */
  Handle view(Handle tensor, long offset, Shape shape);

  /** A file's first {@code elements} elements, mapped privately. */
  Handle map(Path file, DType dtype, long elements);

  /** A file's first {@code elements} elements, mapped so that changes are changes of the file. */
  Handle mapShared(Path file, DType dtype, long elements);

  /**
   * Returns the memory pages that lie wholly within a tensor of a {@link #map}ping; the system
   * reads them from the file again when needed. Does nothing where the system has no such call.
   *
   * @param bytes of the tensor
   */
  void dropPages(Handle mapped, long bytes);

  /**
   * Lets the system begin to read a tensor of a {@link #map}ping, which is needed soon. Does
   * nothing where the system has no such call.
   *
   * @param bytes of the tensor
   */
  void readAhead(Handle mapped, long bytes);

  /** A tensor with a copy of the remaining bytes of {@code data} (little endian). */
  Handle create(DType dtype, Shape shape, ByteBuffer data);

  /** The tensor's elements in row-major order as a little-endian buffer. */
  ByteBuffer read(Handle tensor);

  /** Shape of a tensor. */
  Shape shape(Handle tensor);

  /** Device of a tensor. */
  Device device(Handle tensor);

  /** Releases a tensor or module; doing it twice is harmless. */
  void free(Handle handle);

  /** Returns freed memory, cached for later tensors, to the device. */
  void trim();

  /**
   * Sets how many threads operators use that are called on the calling thread, which is one of the
   * engine's own.
   */
  void operatorThreads(int threads);

  /** Returns freed memory, cached by the C library, to the system. */
  void trimHost();

  /** Begins to record each operator that the calling thread runs. */
  void startProfile();

  /**
   * Ends the profile that {@link #startProfile} began on the calling thread.
   *
   * @param trace file to write, in Chrome's trace event format
   */
  void stopProfile(Path trace);

  /** Number of tensors, lists and modules that the engine holds for lora4j now. */
  long live();

  /** Name and version, for example {@code libtorch 2.7.1}. */
  String version();

  /** The folder that the native library was loaded from. */
  Path nativeFolder();
}
