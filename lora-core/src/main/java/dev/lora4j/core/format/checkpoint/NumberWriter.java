package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.Supplier;

/**
 * Writes the numbers of a tensor into a file in another type, a piece at a time.
 *
 * @param type of the numbers in the file; each is rounded once
 * @param out the file
 * @param tooLarge refusal of numbers that the type cannot hold
 */
public record NumberWriter(
    DType type, WritableByteChannel out, Supplier<? extends RuntimeException> tooLarge) {
  /** Numbers of a piece that takes little memory. */
  public static final int PIECE = 1 << 20;

  /** Writes the next numbers. */
  public void write(HostTensor piece) throws IOException {
    HostTensor converted = converted(type, piece);
    if (piece.dtype() != type && !converted.finite() && piece.finite()) {
      throw tooLarge.get();
    }
    copy(converted.bytes());
  }

  /** Writes the next numbers, which are of {@link #type} already. */
  public void copy(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** A tensor in another type; what is too large becomes infinite. */
  public static HostTensor converted(DType type, HostTensor tensor) {
    return tensor.dtype() == type ? tensor : HostTensor.of(type, tensor.shape(), tensor.doubles());
  }
}
