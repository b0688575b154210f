package dev.lora4j.core.format.reading;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;

/** Tensors of one file of an adapter, whatever its container. */
interface AdapterTensors extends AutoCloseable {
  /** All tensors by key. */
  Map<String, TensorInfo> tensors();

  /** The strings in the header. */
  Map<String, String> metadata();

  /** Malformations that were tolerated. */
  List<String> warnings();

  /** The tensor called {@code key}, which is there. */
  HostTensor tensor(String key);

  @Override
  void close();

  /** Tensors in safetensors. */
  static AdapterTensors of(TensorStore store) {
    return new AdapterTensors() {
      @Override
      public Map<String, TensorInfo> tensors() {
        return store.tensors();
      }

      @Override
      public Map<String, String> metadata() {
        return store.metadata();
      }

      @Override
      public List<String> warnings() {
        return store.warnings();
      }

      @Override
      public HostTensor tensor(String key) {
        TensorInfo info = tensors().get(key);
        if (info == null) {
          throw new IllegalArgumentException(key);
        }
        return HostTensor.owning(info.dtype(), info.shape(), store.bytes(key));
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }
}
