package dev.lora4j.core.tensor.host;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import java.nio.ByteBuffer;

/** A host tensor of F32, F16 or BF16 that is made of some numbers at a time, in row-major order. */
public final class HostTensorWriter {
  private final DType dtype;
  private final Shape shape;
  private final byte[] bytes;
  private final ByteBuffer rest;

  /** Creates a writer for a tensor of this type and shape. */
  public HostTensorWriter(DType dtype, Shape shape) {
    this.dtype = dtype;
    this.shape = shape;
    this.bytes = new byte[Math.toIntExact(dtype.bytes(shape.elements()))];
    this.rest = ByteBuffer.wrap(bytes);
  }

  /**
   * Takes the first {@code count} of these numbers, each rounded once, to the nearest and to even
   * between two. What is too large becomes infinite.
   *
   * @throws TensorException if these are more than the tensor has, or the type is another
   */
  public void put(float[] numbers, int count) {
    if (dtype.bytes(count) > rest.remaining()) {
      throw new TensorException(dtype + " " + shape + " has no room for " + count + " more.");
    }
    HostFloats.write(dtype, numbers, count, rest);
  }

  /**
   * The tensor; nothing can be put after that.
   *
   * @throws TensorException if numbers are missing
   */
  public HostTensor tensor() {
    if (rest.hasRemaining()) {
      throw new TensorException(
          dtype + " " + shape + " lacks the last " + rest.remaining() + " bytes.");
    }
    return HostTensor.owning(dtype, shape, bytes);
  }
}
