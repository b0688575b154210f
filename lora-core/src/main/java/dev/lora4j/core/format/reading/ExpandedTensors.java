package dev.lora4j.core.format.reading;

import dev.lora4j.core.format.sparse.SparseFile;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Tensors of a file, those that are stored without their zeros in their whole shapes. */
final class ExpandedTensors implements AdapterTensors {
  private final AdapterTensors stored;
  private final SparseFile file;

  private ExpandedTensors(AdapterTensors stored, SparseFile file) {
    this.stored = stored;
    this.file = file;
  }

  /** The tensors themselves, if none of them is stored so. */
  static AdapterTensors of(Path path, AdapterTensors stored) {
    return SparseFile.is(stored.tensors(), stored.metadata())
        ? new ExpandedTensors(stored, SparseFile.of(path, stored.tensors(), stored.metadata()))
        : stored;
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return file.tensors();
  }

  @Override
  public Map<String, String> metadata() {
    return SparseFile.plain(stored.metadata());
  }

  @Override
  public List<String> warnings() {
    return stored.warnings();
  }

  @Override
  public HostTensor tensor(String key) {
    return file.tensor(key, stored::tensor);
  }

  @Override
  public void close() {
    stored.close();
  }
}
