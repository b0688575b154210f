package dev.lora4j.core.adapter.sparse;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors of whole numbers. */
final class IntegerTensors {
  private IntegerTensors() {}

  /** An I64 tensor with these values in row-major order. */
  static HostTensor of(Shape shape, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return HostTensor.of(DType.I64, shape, bytes);
  }
}
