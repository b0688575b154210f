package dev.lora4j.core.protobuf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writer of a message, field by field in the order of the calls. */
public final class ProtobufWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Adds a whole number. */
  public ProtobufWriter integer(int field, long value) {
    tag(field, WireType.VARINT);
    varint(value);
    return this;
  }

  /** Adds a number of 64 bits. */
  public ProtobufWriter real64(int field, double value) {
    tag(field, WireType.FIXED_64);
    ByteBuffer little = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.writeBytes(little.putDouble(value).array());
    return this;
  }

  /** Adds a number of 32 bits. */
  public ProtobufWriter real32(int field, float value) {
    tag(field, WireType.FIXED_32);
    ByteBuffer little = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.writeBytes(little.putFloat(value).array());
    return this;
  }

  /** Adds a text. */
  public ProtobufWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a message, as it is now. */
  public ProtobufWriter message(int field, ProtobufWriter value) {
    return bytes(field, value.toBytes());
  }

  /** Adds bytes. */
  public ProtobufWriter bytes(int field, byte[] value) {
    tag(field, WireType.BYTES);
    varint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  /** The message so far. */
  public byte[] toBytes() {
    return bytes.toByteArray();
  }

  private void tag(int field, int type) {
    varint(((long) field << 3) | type);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
