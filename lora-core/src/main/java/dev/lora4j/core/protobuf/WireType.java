package dev.lora4j.core.protobuf;

/** How a field's value is stored; the lowest three bits of its tag. */
final class WireType {
  static final int VARINT = 0;
  static final int FIXED_64 = 1;
  static final int BYTES = 2;
  static final int FIXED_32 = 5;

  private WireType() {}
}
