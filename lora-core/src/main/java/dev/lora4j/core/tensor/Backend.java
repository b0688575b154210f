package dev.lora4j.core.tensor;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The engine behind tensors and programs. Implementations are found with {@link
 * java.util.ServiceLoader}; applications never call this interface.
 *
 * <p>All methods may be called from several threads at once. Native failures are reported as {@link
 * NativeFailure}; none of them may end the process.
 */
public interface Backend {
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

  /** Starts the engine if needed, with {@code threads} threads inside an operator. */
  void start(int threads);

  /** Loads a module whose code is {@code source}. */
  Handle load(String source);

  /**
   * Runs method {@code run} of a module.
   *
   * @param gradients whether operators record what {@code autograd.grad} needs
   * @return new handles, owned by the caller
   */
  List<Handle> run(Handle module, List<Handle> inputs, boolean gradients);

  /** A tensor with a copy of the remaining bytes of {@code data} (little endian). */
  Handle create(DType dtype, Shape shape, ByteBuffer data);

  /** The tensor's elements in row-major order as a little-endian buffer. */
  ByteBuffer read(Handle tensor);

  /** Shape of a tensor. */
  Shape shape(Handle tensor);

  /** Releases a tensor or module; doing it twice is harmless. */
  void free(Handle handle);

  /** Begins to record each operator that the calling thread runs. */
  void startProfile();

  /**
   * Ends what {@link #startProfile} began on the calling thread.
   *
   * @param trace file to write, in Chrome's trace event format
   */
  void stopProfile(Path trace);

  /** Name and version, for example {@code libtorch 2.7.1}. */
  String version();

  /** The folder that the native library was loaded from. */
  Path nativeFolder();
}
