package dev.lora4j.core.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Counts what a tensor's source writes. */
final class CountedOutput implements WritableByteChannel {
  private final WritableByteChannel out;
  private long count;

  CountedOutput(WritableByteChannel out) {
    this.out = out;
  }

  /** Bytes so far. */
  long count() {
    return count;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int written = out.write(bytes);
    count += written;
    return written;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  /** Does nothing: other tensors follow. */
  @Override
  public void close() {}
}
