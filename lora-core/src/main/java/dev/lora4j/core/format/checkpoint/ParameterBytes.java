package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Moves a weight or bias between a checkpoint's tensor and the form that its site has. */
final class ParameterBytes {
  private final Placement placement;
  private final TensorInfo info;

  ParameterBytes(Placement placement, TensorInfo info) {
    this.placement = placement;
    this.info = info;
  }

  /** Reads the parameter in the site's form and the type of the stored numbers. */
  HostTensor read(QuantisedTensors numbers) {
    if (info.dtype().bytes(elements()) > Integer.MAX_VALUE) {
      throw new CheckpointException(
          info.name()
              + " in "
              + numbers.path()
              + " has 2 GiB or more, which no adapter can be baked into or extracted from here.");
    }
    return parameter(numbers.numbers(info.name(), first(), elements()));
  }

  /** The parameter in the bytes of the whole tensor. */
  HostTensor read(ByteBuffer whole) {
    int length = Math.toIntExact(info.dtype().bytes(elements()));
    int from = Math.toIntExact(info.dtype().bytes(first()));
    return parameter(whole.slice(from, length).order(ByteOrder.LITTLE_ENDIAN));
  }

  private HostTensor parameter(ByteBuffer bytes) {
    return HostTensor.of(info.dtype(), shape(), arranged(bytes, storedShape()));
  }

  /** Puts {@code value}, as the site has it, into the bytes of the whole tensor. */
  void write(HostTensor value, ByteBuffer whole) {
    if (value.dtype() != info.dtype() || !value.shape().equals(shape())) {
      throw new IllegalArgumentException(
          value + " cannot stand for " + info.dtype() + " " + shape() + " in " + info.name());
    }
    ByteBuffer bytes = arranged(value.bytes(), shape());
    whole.put(
        Math.toIntExact(info.dtype().bytes(first())), bytes, bytes.position(), bytes.remaining());
  }

  private Shape shape() {
    return placement.shape(info.shape());
  }

  /** Shape of the stored parameter, before it is transposed. */
  private Shape storedShape() {
    return placement.rows().map(r -> info.shape().with(0, r.count())).orElse(info.shape());
  }

  private long elements() {
    return storedShape().elements();
  }

  /** Elements of the tensor before the parameter's. */
  private long first() {
    long row = info.shape().elements() / info.shape().size(0);
    return placement.rows().map(Placement.Rows::from).orElse(0L) * row;
  }

  /** Turning and exchanging halves are their own inverses, so both directions do the same. */
  private ByteBuffer arranged(ByteBuffer bytes, Shape from) {
    ByteBuffer turned = placement.transposed() ? transposed(bytes, from, info.dtype()) : bytes;
    return placement.swapped() ? swapped(turned) : turned;
  }

  private static ByteBuffer swapped(ByteBuffer bytes) {
    int half = bytes.remaining() / 2;
    int begin = bytes.position();
    ByteBuffer result = buffer(bytes.remaining());
    result.put(bytes.slice(begin + half, half)).put(bytes.slice(begin, half));
    return result.flip();
  }

  private static ByteBuffer transposed(ByteBuffer bytes, Shape from, DType dtype) {
    int width = Math.toIntExact(dtype.bytes(1));
    int rows = Math.toIntExact(from.size(0));
    int columns = Math.toIntExact(from.size(1));
    byte[] source = new byte[bytes.remaining()];
    bytes.duplicate().get(source);
    byte[] target = new byte[source.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        for (int b = 0; b < width; b++) {
          target[(c * rows + r) * width + b] = source[(r * columns + c) * width + b];
        }
      }
    }
    return ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer buffer(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
