package dev.lora4j.text.token;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reader of the fields of a message of Protocol Buffers. */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer left;
  private int field;
  private long number;
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  ProtoReader(ByteBuffer message) {
    this.left = message.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads another field, if there is one, for the other methods. */
  boolean next() {
    if (!left.hasRemaining()) {
      return false;
    }
    int tag = (int) varint();
    field = tag >>> 3;
    switch (tag & 7) {
      case VARINT -> number = varint();
      case FIXED64 -> number = left.getLong();
      case FIXED32 -> number = left.getInt();
      case BYTES -> {
        long length = varint();
        if (length < 0 || length > left.remaining()) {
          throw new IllegalArgumentException(
              "field %d has %d bytes of %d".formatted(field, length, left.remaining()));
        }
        bytes = left.slice(left.position(), (int) length);
        left.position(left.position() + (int) length);
      }
      default -> throw new IllegalArgumentException("field " + field + " has an unknown form");
    }
    return true;
  }

  int field() {
    return field;
  }

  int integer() {
    return (int) number;
  }

  boolean flag() {
    return number != 0;
  }

  float real() {
    return Float.intBitsToFloat((int) number);
  }

  String text() {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  byte[] bytes() {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return copy;
  }

  ProtoReader message() {
    return new ProtoReader(bytes);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = left.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has more than 64 bits");
  }
}
