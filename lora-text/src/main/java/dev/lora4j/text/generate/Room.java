package dev.lora4j.text.generate;

/** Room for one more request in a {@link ContinuousGeneration}. */
public enum Room {
  /** There is a slot, and its keys and values have room. */
  FREE,
  /** All slots have a row. */
  NO_ROW,
  /** Keys and values would take more bytes than the limit, as long as the other rows live. */
  NO_BYTES,
  /** It would exceed the limit of bytes alone. */
  TOO_LONG
}
