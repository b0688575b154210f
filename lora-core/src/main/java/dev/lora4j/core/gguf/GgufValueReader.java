package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.safetensors.QuotedText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads the values of the metadata. */
final class GgufValueReader {
  private final GgufFault fault;
  private final GgufCursor cursor;
  private int elements;

  GgufValueReader(GgufFault fault, GgufCursor cursor) {
    this.fault = fault;
    this.cursor = cursor;
  }

  /** The value of a key, which the cursor stands behind. */
  GgufValue read(String key) {
    return value(key, type(key), 0);
  }

  private GgufValueType type(String key) {
    int number = cursor.word();
    return GgufValueType.of(number)
        .orElseThrow(
            () ->
                fault.key(
                    Kind.UNKNOWN_VALUE_TYPE,
                    key,
                    "has a value of type %s, which the format does not have."
                        .formatted(Integer.toUnsignedString(number))));
  }

  private GgufValue value(String key, GgufValueType type, int depth) {
    return switch (type) {
      case U8 -> new GgufValue.Whole(Byte.toUnsignedLong(cursor.octet()), type);
      case I8 -> new GgufValue.Whole(cursor.octet(), type);
      case U16 -> new GgufValue.Whole(Short.toUnsignedLong(cursor.half()), type);
      case I16 -> new GgufValue.Whole(cursor.half(), type);
      case U32 -> new GgufValue.Whole(Integer.toUnsignedLong(cursor.word()), type);
      case I32 -> new GgufValue.Whole(cursor.word(), type);
      case U64, I64 -> new GgufValue.Whole(cursor.doubleWord(), type);
      case F32 -> new GgufValue.Real(decimal(Float.intBitsToFloat(cursor.word())));
      case F64 -> new GgufValue.Real(Double.longBitsToDouble(cursor.doubleWord()));
      case BOOL -> new GgufValue.Flag(flag(key));
      case STRING ->
          new GgufValue.Text(
              cursor.text("the value of key " + QuotedText.of(key), GgufLimits.HEADER));
      case ARRAY -> array(key, depth + 1);
    };
  }

  /** The nearest decimal fraction of few digits. */
  private static double decimal(float value) {
    return Float.isFinite(value) ? Double.parseDouble(Float.toString(value)) : value;
  }

  private boolean flag(String key) {
    byte value = cursor.octet();
    if (value != 0 && value != 1) {
      throw fault.key(
          Kind.BAD_FLAG, key, "is neither yes (1) nor no (0), but " + (value & 0xff) + ".");
    }
    return value == 1;
  }

  private GgufValue array(String key, int depth) {
    if (depth > GgufLimits.DEPTH) {
      throw fault.key(
          Kind.TOO_DEEP, key, "has arrays more than " + GgufLimits.DEPTH + " deep in each other.");
    }
    GgufValueType type = type(key);
    long count = cursor.doubleWord();
    if (count < 0 || count > GgufLimits.ELEMENTS - elements) {
      throw fault.key(
          Kind.TOO_MANY_ELEMENTS,
          key,
          "has %s elements, and all arrays together may have %s."
              .formatted(Long.toUnsignedString(count), GgufLimits.ELEMENTS));
    }
    if (count * type.least() > cursor.left()) {
      throw cursor.past(
          "the array of key " + QuotedText.of(key) + " with " + count + " elements of " + type);
    }
    elements += (int) count;
    List<GgufValue> values = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      values.add(value(key, type, depth));
    }
    return new GgufValue.Values(type, Collections.unmodifiableList(values));
  }
}
