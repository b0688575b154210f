package dev.lora4j.core.model.packed;

import dev.lora4j.core.format.checkpoint.NumberWriter;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** One tensor on its way into a file, piece by piece. */
record TensorStream(TensorStore store, String name, DType type, WritableByteChannel out) {
  /** A packed weight, as many rows at once as make a piece. */
  void unpacked(PackedLayer layer) throws IOException {
    PackedLayer.Unpacking numbers = layer.read();
    int rows = Math.toIntExact(layer.shape().size(0));
    int columns = Math.toIntExact(layer.shape().size(1));
    int together = Math.max(1, Math.min(rows, NumberWriter.PIECE / columns));
    for (int row = 0; row < rows; row += together) {
      int count = Math.min(together, rows - row);
      float[] values = new float[count * columns];
      numbers.rows(row, count, values);
      put(HostTensor.of(Shape.of(values.length), values));
    }
  }

  /** A tensor that is stored as numbers; what is no floating-point number stays as it is. */
  void stored(TensorInfo info) throws IOException {
    int width = Math.max(1, info.dtype().bits() / Byte.SIZE);
    long piece = (long) NumberWriter.PIECE * width;
    for (long at = 0; at < info.length(); at += piece) {
      byte[] bytes = new byte[(int) Math.min(piece, info.length() - at)];
      store.read(name, at, ByteBuffer.wrap(bytes));
      if (info.dtype() == type) {
        writer().copy(ByteBuffer.wrap(bytes));
      } else {
        put(HostTensor.owning(info.dtype(), Shape.of(bytes.length / width), bytes));
      }
    }
  }

  private void put(HostTensor numbers) throws IOException {
    if (!numbers.finite()) {
      throw refused();
    }
    writer().write(numbers);
  }

  private NumberWriter writer() {
    return new NumberWriter(type, out, this::refused);
  }

  private ModelException refused() {
    return new ModelException(
        store.path()
            + ": "
            + name
            + " has numbers that are infinite, or none, or too large for "
            + type
            + ". Take BF16 or F32 (--dtype).");
  }
}
