package dev.lora4j.core.gguf;

import dev.lora4j.core.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of a header, as they are put together. */
final class GgufEncoder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  void head(int version, long tensors, long entries) {
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    word(version);
    doubleWord(tensors);
    doubleWord(entries);
  }

  /** A key and its value, which is no array. */
  void entry(String key, GgufValue value) {
    text(key);
    if (value instanceof GgufValue.Text text) {
      word(GgufValueType.STRING.number());
      text(text.value());
    } else if (value instanceof GgufValue.Real real) {
      word(GgufValueType.F32.number());
      word(Float.floatToRawIntBits((float) real.value()));
    } else if (value instanceof GgufValue.Flag flag) {
      word(GgufValueType.BOOL.number());
      out.write(flag.value() ? 1 : 0);
    } else if (value instanceof GgufValue.Whole whole) {
      word(whole.type().number());
      out.write(little(Long.BYTES).putLong(whole.bits()).array(), 0, whole.type().least());
    } else {
      throw new IllegalArgumentException(key);
    }
  }

  void tensor(String name, GgufType type, Shape shape, long offset) {
    text(name);
    word(shape.rank());
    for (int d = shape.rank() - 1; d >= 0; d--) {
      doubleWord(shape.size(d));
    }
    word(type.number());
    doubleWord(offset);
  }

  /** All of it, filled up with zeros to a multiple of {@code alignment}. */
  byte[] padded(int alignment) {
    while (out.size() % alignment != 0) {
      out.write(0);
    }
    return out.toByteArray();
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    doubleWord(bytes.length);
    out.writeBytes(bytes);
  }

  private void word(int value) {
    out.writeBytes(little(Integer.BYTES).putInt(value).array());
  }

  private void doubleWord(long value) {
    out.writeBytes(little(Long.BYTES).putLong(value).array());
  }

  private static ByteBuffer little(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }
}
