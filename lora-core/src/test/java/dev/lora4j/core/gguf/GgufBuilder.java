package dev.lora4j.core.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes GGUF files by hand, sound ones and others. */
final class GgufBuilder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** The beginning of a file. */
  static GgufBuilder file(int version, long tensors, long keys) {
    return new GgufBuilder().text4("GGUF").word(version).doubleWord(tensors).doubleWord(keys);
  }

  private GgufBuilder text4(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  GgufBuilder bytes(int... values) {
    for (int value : values) {
      out.write(value);
    }
    return this;
  }

  GgufBuilder word(int value) {
    out.writeBytes(little(4).putInt(value).array());
    return this;
  }

  GgufBuilder doubleWord(long value) {
    out.writeBytes(little(8).putLong(value).array());
    return this;
  }

  GgufBuilder text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    doubleWord(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  /** A key and the type of its value, which follows. */
  GgufBuilder key(String key, GgufValueType type) {
    return text(key).word(type.number());
  }

  GgufBuilder texts(String key, List<String> values) {
    key(key, GgufValueType.ARRAY).word(GgufValueType.STRING.number()).doubleWord(values.size());
    values.forEach(this::text);
    return this;
  }

  /** Entry of a tensor; sizes with the fastest first, as in files. */
  GgufBuilder tensor(String name, int type, long offset, long... sizes) {
    text(name).word(sizes.length);
    for (long size : sizes) {
      doubleWord(size);
    }
    return word(type).doubleWord(offset);
  }

  /** Fills up to a multiple of 32, then so many bytes. */
  byte[] data(int count) {
    while (out.size() % 32 != 0) {
      out.write(0);
    }
    out.writeBytes(new byte[count]);
    return bytes();
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private static ByteBuffer little(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }
}
