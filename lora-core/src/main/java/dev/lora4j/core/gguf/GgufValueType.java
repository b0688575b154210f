package dev.lora4j.core.gguf;

import java.util.List;
import java.util.Optional;

/** Types of the metadata's values, in the order of the format's numbers. */
public enum GgufValueType {
  /** 8 bits. */
  U8(1),
  /** 8 bits with a sign. */
  I8(1),
  /** 16 bits. */
  U16(2),
  /** 16 bits with a sign. */
  I16(2),
  /** 32 bits. */
  U32(4),
  /** 32 bits with a sign. */
  I32(4),
  /** A number of single precision. */
  F32(4),
  /** A yes or no. */
  BOOL(1),
  /** A text. */
  STRING(8),
  /** An array of one of these types. */
  ARRAY(12),
  /** 64 bits. */
  U64(8),
  /** 64 bits with a sign. */
  I64(8),
  /** A number of double precision. */
  F64(8);

  private static final List<GgufValueType> ALL = List.of(values());

  private final int least;

  GgufValueType(int least) {
    this.least = least;
  }

  /** The type with the format's number. */
  static Optional<GgufValueType> of(int number) {
    return number >= 0 && number < ALL.size() ? Optional.of(ALL.get(number)) : Optional.empty();
  }

  /** The format's number of it. */
  int number() {
    return ALL.indexOf(this);
  }

  /** The least number of bytes that a value takes. */
  int least() {
    return least;
  }
}
