package dev.lora4j.bench.opening;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes a file with the header of a large checkpoint; its data is a hole that takes no room. */
final class LargeCheckpoint {
  /** Bytes of a row of 320 numbers, of which a tensor has a whole number. */
  private static final int ROW = 640;

  private LargeCheckpoint() {}

  /**
   * Writes it.
   *
   * @param tensors how many; all F16 and of one size
   * @param bytes of their data, together
   */
  static Path write(Path file, int tensors, long bytes) {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    long each = bytes / tensors / ROW * ROW;
    for (int i = 0; i < tensors; i++) {
      header
          .append(",\"model.diffusion_model.input_blocks.")
          .append(i)
          .append(".1.transformer_blocks.0.attn1.to_q.weight\":{\"dtype\":\"F16\",\"shape\":[")
          .append(each / ROW)
          .append(",320],\"data_offsets\":[")
          .append(each * i)
          .append(',')
          .append(each * (i + 1))
          .append("]}");
    }
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer start = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(padded).put(text);
    while (start.hasRemaining()) {
      start.put((byte) ' ');
    }
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(start.array());
      out.setLength(8 + padded + each * tensors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }
}
