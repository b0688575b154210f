package dev.lora4j.bench.opening;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes a GGUF file with the header of a large language model, vocabulary included; its data is a
 * hole that takes no room.
 */
final class LargeGguf {
  private static final int VERSION = 3;
  private static final int TEXT = 8;
  private static final int ARRAY = 9;
  private static final int Q4_0 = 2;
  private static final int COLUMNS = 4096;
  private static final int ROW_BYTES = COLUMNS / 32 * 18;
  private static final int VOCABULARY = 128_000;
  private static final int ALIGNMENT = 32;
  private static final int ROOM = 8 << 20;

  private final ByteBuffer header = ByteBuffer.allocate(ROOM).order(ByteOrder.LITTLE_ENDIAN);

  private LargeGguf() {}

  /**
   * Writes it.
   *
   * @param tensors how many; all Q4_0 and of one size
   * @param bytes of their data, together
   */
  static Path write(Path file, int tensors, long bytes) {
    LargeGguf gguf = new LargeGguf();
    long rows = bytes / tensors / ROW_BYTES / ALIGNMENT * ALIGNMENT;
    gguf.put(tensors, rows);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(gguf.header.array(), 0, gguf.header.position());
      out.setLength(gguf.header.position() + rows * ROW_BYTES * tensors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  private void put(int tensors, long rows) {
    header.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(VERSION);
    header.putLong(tensors).putLong(2);
    text("general.architecture").putInt(TEXT);
    text("llama");
    text("tokenizer.ggml.tokens").putInt(ARRAY).putInt(TEXT).putLong(VOCABULARY);
    for (int i = 0; i < VOCABULARY; i++) {
      text("token" + i);
    }
    for (int i = 0; i < tensors; i++) {
      text("blk." + i + ".ffn_down.weight").putInt(2);
      header.putLong(COLUMNS).putLong(rows).putInt(Q4_0).putLong(i * rows * ROW_BYTES);
    }
    while (header.position() % ALIGNMENT != 0) {
      header.put((byte) 0);
    }
  }

  private ByteBuffer text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return header.putLong(bytes.length).put(bytes);
  }
}
