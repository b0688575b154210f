package dev.lora4j.core.nn;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
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

  private final TensorStore store;
  private final Scope scope;
  private final Map<Mapping, Tensor> files = new HashMap<>();

  /**
   * Maps files of {@code store} when they are first needed.
   *
   * @param scope owner of the whole mappings; tensors keep what they need of them alive
   */
  public MappedTensors(TensorStore store, Scope scope) {
    this.store = store;
    this.scope = scope;
  }

  /** A tensor in its stored type; copied where its bytes are not aligned to its elements. */
  public Tensor tensor(Scope owner, TensorInfo info) {
    long offset = store.absoluteOffset(info.name());
    int width = info.dtype().bits() / 8;
    if (width == 0 || offset % width != 0) {
      return Tensor.of(owner, info.dtype(), info.shape(), store.read(info.name()));
    }
    Mapping mapping = new Mapping(store.fileOf(info.name()), info.dtype());
    Tensor whole = files.computeIfAbsent(mapping, m -> Tensor.map(scope, m.file(), m.dtype()));
    return whole.view(owner, offset / width, info.shape());
  }
}
