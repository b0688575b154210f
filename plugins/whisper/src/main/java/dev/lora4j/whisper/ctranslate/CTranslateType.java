package dev.lora4j.whisper.ctranslate;

import dev.lora4j.core.tensor.DType;
import java.util.Arrays;
import java.util.Optional;

/** Type of a variable's elements. */
enum CTranslateType {
  F32(0, 4, DType.F32),
  I8(1, 1, DType.I8),
  I16(2, 2, DType.I16),
  I32(3, 4, DType.I32),
  F16(4, 2, DType.F16),
  BF16(5, 2, DType.BF16);

  private final int number;
  private final int width;
  private final DType type;

  CTranslateType(int number, int width, DType type) {
    this.number = number;
    this.width = width;
    this.type = type;
  }

  /** The type of a number in files; empty if there is none. */
  static Optional<CTranslateType> of(int number) {
    return Arrays.stream(values()).filter(t -> t.number == number).findFirst();
  }

  /** Bytes of an element. */
  int width() {
    return width;
  }

  /** The same type here. */
  DType type() {
    return type;
  }

  /** Returns true if elements are whole numbers that stand for others, by a scale. */
  boolean quantised() {
    return !type.floating();
  }
}
