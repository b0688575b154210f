package dev.lora4j.core.protobuf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reader of a message, field by field. Nothing is copied but texts. Each method that returns a
 * value throws {@link ProtobufException} if the field is of another form.
 */
public final class ProtobufReader {
  private static final int MOST_BITS = 64;

  private final ByteBuffer left;
  private int field;
  private int type;
  private long number;
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  /** Reads from the buffer's position to its limit; the buffer itself stays as it is. */
  public ProtobufReader(ByteBuffer message) {
    left = message.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Moves to the next field, if there is one. A field whose value is not read is passed over.
   *
   * @throws ProtobufException if the bytes are damaged
   */
  public boolean next() {
    if (!left.hasRemaining()) {
      return false;
    }
    int tag = (int) varint();
    field = tag >>> 3;
    type = tag & 7;
    switch (type) {
      case WireType.VARINT -> number = varint();
      case WireType.FIXED_64 -> number = take(Long.BYTES).getLong();
      case WireType.FIXED_32 -> number = take(Integer.BYTES).getInt();
      case WireType.BYTES -> bytes = take(varint());
      default -> throw new ProtobufException("field " + field + " has an unknown form");
    }
    return true;
  }

  /** Number of the field. */
  public int field() {
    return field;
  }

  /** A whole number. */
  public long integer() {
    require(WireType.VARINT);
    return number;
  }

  /** A truth value. */
  public boolean flag() {
    return integer() != 0;
  }

  /** Whole numbers, one in a field of its own or all in one. */
  public List<Long> integers() {
    if (type == WireType.VARINT) {
      return List.of(number);
    }
    List<Long> values = new ArrayList<>();
    ProtobufReader packed = message();
    while (packed.left.hasRemaining()) {
      values.add(packed.varint());
    }
    return values;
  }

  /** A number of 32 bits. */
  public float real32() {
    require(WireType.FIXED_32);
    return Float.intBitsToFloat((int) number);
  }

  /** A number of 64 bits. */
  public double real64() {
    require(WireType.FIXED_64);
    return Double.longBitsToDouble(number);
  }

  /** A text. */
  public String text() {
    return StandardCharsets.UTF_8.decode(bytes()).toString();
  }

  /** A message in the message. */
  public ProtobufReader message() {
    return new ProtobufReader(bytes());
  }

  /** Bytes, which are not copied, in little-endian order. */
  public ByteBuffer bytes() {
    require(WireType.BYTES);
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer take(long length) {
    if (length < 0 || length > left.remaining()) {
      throw new ProtobufException(
          "field %d has %d bytes of %d".formatted(field, length, left.remaining()));
    }
    ByteBuffer taken = left.slice(left.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    left.position(left.position() + (int) length);
    return taken;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < MOST_BITS; shift += 7) {
      if (!left.hasRemaining()) {
        throw new ProtobufException("a number is cut off");
      }
      byte part = left.get();
      value |= (part & 0x7fL) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw new ProtobufException("a number has more than 64 bits");
  }

  private void require(int expected) {
    if (type != expected) {
      throw new ProtobufException(
          "field " + field + " has the form " + type + " of values, expected " + expected);
    }
  }
}
