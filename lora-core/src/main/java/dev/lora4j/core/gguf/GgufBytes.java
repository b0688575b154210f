package dev.lora4j.core.gguf;

/** The bytes of a file, wherever they are. */
interface GgufBytes {
  long size();

  /** Copies {@code count} bytes from {@code position} on, which the caller knows to be there. */
  void read(long position, byte[] into, int at, int count);
}
