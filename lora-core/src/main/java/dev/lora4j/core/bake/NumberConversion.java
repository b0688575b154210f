package dev.lora4j.core.bake;

import dev.lora4j.core.format.checkpoint.NumberWriter;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.ByteSource;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** The numbers of a tensor in another type, a few rows at a time. */
record NumberConversion(QuantisedTensors tensors, String name, DType type) implements ByteSource {
  @Override
  public void writeTo(WritableByteChannel out) throws IOException {
    NumberWriter writer = new NumberWriter(type, out, this::tooLarge);
    Shape shape = tensors.shape(name);
    DType stored = tensors.numberType(name);
    long all = shape.elements();
    long row = shape.rank() == 0 ? 1 : Math.max(1, shape.size(shape.rank() - 1));
    long most = Math.max(1, NumberWriter.PIECE / row) * row;
    for (long from = 0; from < all; from += most) {
      long count = Math.min(most, all - from);
      writer.write(HostTensor.of(stored, Shape.of(count), tensors.numbers(name, from, count)));
    }
  }

  private BakeException tooLarge() {
    return new BakeException(
        name
            + " in "
            + tensors.path()
            + " has numbers that "
            + type
            + " cannot hold. Write BF16 or F32. Nothing was written.");
  }
}
