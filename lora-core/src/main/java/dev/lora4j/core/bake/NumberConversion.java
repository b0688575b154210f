package dev.lora4j.core.bake;

import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.ByteSource;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** The numbers of a tensor in another type, a few rows at a time. */
record NumberConversion(QuantisedTensors tensors, String name, DType type) implements ByteSource {
  private static final long FEW = 1 << 22;

  @Override
  public void writeTo(WritableByteChannel out) throws IOException {
    Shape shape = tensors.shape(name);
    long all = shape.elements();
    long row = shape.rank() == 0 ? 1 : Math.max(1, shape.size(shape.rank() - 1));
    long most = Math.max(1, FEW / row) * row;
    for (long from = 0; from < all; from += most) {
      long count = Math.min(most, all - from);
      DType stored = tensors.numberType(name);
      HostTensor part = HostTensor.of(stored, Shape.of(count), tensors.numbers(name, from, count));
      HostTensor converted = to(type, part);
      if (!converted.finite() && part.finite()) {
        throw new BakeException(
            name
                + " in "
                + tensors.path()
                + " has numbers that "
                + type
                + " cannot hold. Write BF16 or F32. Nothing was written.");
      }
      out.write(converted.bytes());
    }
  }

  /** A tensor in another type; what is too large becomes infinite. */
  static HostTensor to(DType type, HostTensor tensor) {
    return tensor.dtype() == type ? tensor : HostTensor.of(type, tensor.shape(), tensor.doubles());
  }
}
