package dev.lora4j.core.nn;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Tensors of a checkpoint as views of its mapped files: no bytes are copied, and processes that use
 * the same file share its memory.
 *
 * <p>The mappings are private, so a program that changed a tensor in place would silently change a
 * copy; weights are therefore never arguments of such operators.
 */
public final class MappedTensors {
  private record Mapping(Path file, DType dtype) {}

  private final StoredTensors store;
  private final Scope scope;
  private final Map<Mapping, Tensor> files = new HashMap<>();

  /**
   * Maps files of {@code store} when they are first needed.
   *
   * @param scope owner of the whole mappings; tensors keep what they need of them alive
   */
  public MappedTensors(TensorStore store, Scope scope) {
    this(StoredTensors.of(store), scope);
  }

  /** Maps files of {@code store}, whose encoded tensors are not asked for as numbers. */
  public MappedTensors(StoredTensors store, Scope scope) {
    this.store = store;
    this.scope = scope;
  }

  /** A tensor in its stored type; copied where its bytes are not aligned to its elements. */
  public Tensor tensor(Scope owner, TensorInfo info) {
    return tensor(owner, info, 0, info.shape());
  }

  /**
   * A part of a tensor in its stored type; copied where its bytes are not aligned to its elements.
   *
   * @param from elements of the tensor before the first
   */
  public Tensor tensor(Scope owner, TensorInfo info, long from, Shape shape) {
    long offset = store.absoluteOffset(info.name());
    int width = info.dtype().bits() / 8;
    if (width == 0 || offset % width != 0) {
      ByteBuffer bytes =
          ByteBuffer.allocate(Math.toIntExact(info.dtype().bytes(shape.elements())))
              .order(ByteOrder.LITTLE_ENDIAN);
      store.read(info.name(), info.dtype().bytes(from), bytes);
      return Tensor.of(owner, info.dtype(), shape, bytes.flip());
    }
    Mapping mapping = new Mapping(store.fileOf(info.name()), info.dtype());
    Tensor whole = files.computeIfAbsent(mapping, m -> Tensor.map(scope, m.file(), m.dtype()));
    return whole.view(owner, offset / width + from, shape);
  }
}
