package dev.lora4j.spark;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.Serializable;
import java.nio.ByteBuffer;

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
}
