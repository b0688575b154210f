package dev.lora4j.core.safetensors;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Bytes that are fetched only when they are written, so that a large file needs little memory. */
@FunctionalInterface
public interface ByteSource {
  /** Writes all bytes to {@code out}, which the caller closes. Called once for each write. */
  void writeTo(WritableByteChannel out) throws IOException;
}
