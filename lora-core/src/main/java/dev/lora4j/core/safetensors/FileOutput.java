package dev.lora4j.core.safetensors;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A file being written.
 *
 * <p>Not a file channel: an interrupt would close it, and a run that is cancelled by interrupt
 * still saves its last state.
 */
final class FileOutput implements WritableByteChannel {
  private final FileOutputStream out;
  private final byte[] chunk = new byte[1 << 16];

  FileOutput(FileOutputStream out) {
    this.out = out;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int total = bytes.remaining();
    while (bytes.hasRemaining()) {
      int count = Math.min(bytes.remaining(), chunk.length);
      bytes.get(chunk, 0, count);
      out.write(chunk, 0, count);
    }
    return total;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  /** Does nothing: the opener closes the file, not a source that writes to it. */
  @Override
  public void close() {}
}
