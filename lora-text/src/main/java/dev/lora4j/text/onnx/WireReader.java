package dev.lora4j.text.onnx;

import dev.lora4j.core.model.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads one message in the wire format of protocol buffers, field by field. */
final class WireReader {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;
  private static final int MOST_BITS = 64;

  private final ByteBuffer bytes;
  private int field;
  private int kind;

  WireReader(ByteBuffer message) {
    bytes = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Moves to the next field, if there is one. The one before it must have been read. */
  boolean next() {
    if (!bytes.hasRemaining()) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    kind = (int) (tag & 7);
    return true;
  }

  /** Its number. */
  int field() {
    return field;
  }

  /** A whole number. */
  long integer() {
    require(VARINT);
    return varint();
  }

  /** Whole numbers, which may be one by one in fields of their own or all in one. */
  List<Long> integers() {
    List<Long> values = new ArrayList<>();
    if (kind == VARINT) {
      values.add(varint());
    } else {
      WireReader packed = message();
      while (packed.bytes.hasRemaining()) {
        values.add(packed.varint());
      }
    }
    return values;
  }

  /** A text. */
  String text() {
    return StandardCharsets.UTF_8.decode(data()).toString();
  }

  /** A message in the message. */
  WireReader message() {
    return new WireReader(data());
  }

  /** Bytes, which are not copied. */
  ByteBuffer data() {
    require(LENGTH_DELIMITED);
    return take(varint());
  }

  /** Leaves the field out. */
  void skip() {
    switch (kind) {
      case VARINT -> varint();
      case FIXED_64 -> take(Long.BYTES);
      case LENGTH_DELIMITED -> take(varint());
      case FIXED_32 -> take(Integer.BYTES);
      default -> throw damaged();
    }
  }

  private ByteBuffer take(long length) {
    if (length < 0 || length > bytes.remaining()) {
      throw damaged();
    }
    ByteBuffer taken = bytes.slice(bytes.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.position() + (int) length);
    return taken;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < MOST_BITS && bytes.hasRemaining(); shift += 7) {
      byte part = bytes.get();
      value |= (part & 0x7fL) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw damaged();
  }

  private void require(int expected) {
    if (kind != expected) {
      throw damaged();
    }
  }

  private static ModelException damaged() {
    return new ModelException("it is damaged or no ONNX file.");
  }
}
