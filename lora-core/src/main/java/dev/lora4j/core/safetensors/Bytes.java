package dev.lora4j.core.safetensors;

import java.nio.ByteBuffer;

/** The bytes of a file, wherever they are. */
interface Bytes {
  long size();

  /** Fills {@code into} from {@code position} on. */
  void read(long position, ByteBuffer into);
}
