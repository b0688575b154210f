package dev.lora4j.core.safetensors;

/**
 * Malformations that real files have and that cost no safety. A reader that tolerates one notes a
 * warning where it would refuse the file otherwise.
 */
public enum Leniency {
  /** Bytes after the last tensor. They are not read. */
  TRAILING_BYTES(SafetensorsException.Kind.TRAILING_BYTES),
  /** White space before the header's opening brace. */
  LEADING_WHITESPACE(SafetensorsException.Kind.LEADING_WHITESPACE),
  /** Fields of a tensor other than dtype, shape and offsets, which are ignored. */
  EXTRA_FIELDS(SafetensorsException.Kind.EXTRA_FIELD);

  private final SafetensorsException.Kind kind;

  Leniency(SafetensorsException.Kind kind) {
    this.kind = kind;
  }

  /** The error that this turns into a warning. */
  SafetensorsException.Kind kind() {
    return kind;
  }
}
