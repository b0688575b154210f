package dev.lora4j.spark;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** A tensor on its way from one machine to another. */
final class TensorMessage implements Serializable {
  private static final long serialVersionUID = 1L;

  private final DType type;
  private final long[] sizes;
  private final byte[] bytes;

  TensorMessage(HostTensor tensor) {
    type = tensor.dtype();
    sizes = tensor.shape().sizes();
    ByteBuffer data = tensor.bytes().duplicate();
    bytes = new byte[data.remaining()];
    data.get(bytes);
  }

  HostTensor tensor() {
    return HostTensor.owning(type, Shape.of(sizes), bytes);
  }

  /** Messages of tensors by name, in their order. */
  static Map<String, TensorMessage> all(Map<String, HostTensor> tensors) {
    Map<String, TensorMessage> messages = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> messages.put(name, new TensorMessage(tensor)));
    return messages;
  }

  /** The tensors of {@link #all}. */
  static Map<String, HostTensor> tensors(Map<String, TensorMessage> messages) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    messages.forEach((name, message) -> tensors.put(name, message.tensor()));
    return tensors;
  }
}
