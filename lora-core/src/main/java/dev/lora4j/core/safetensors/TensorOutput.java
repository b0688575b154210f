package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** Output of one tensor's bytes: takes as many bytes as the header promises. */
final class TensorOutput implements WritableByteChannel {
  private final Path file;
  private final TensorInfo tensor;
  private final WritableByteChannel out;
  private long count;

  TensorOutput(Path file, TensorInfo tensor, WritableByteChannel out) {
    this.file = file;
    this.tensor = tensor;
    this.out = out;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    // Checked at once: a source without end would fill the disk.
    if (bytes.remaining() > tensor.length() - count) {
      throw wrong("more");
    }
    int written = out.write(bytes);
    count += written;
    return written;
  }

  /** Checks that nothing is missing. */
  void finish() {
    if (count < tensor.length()) {
      throw wrong("only " + count);
    }
  }

  private SafetensorsException wrong(String found) {
    return new SafetensorsException(
        Kind.WRONG_LENGTH,
        "%s was not written: tensor %s of %s %s needs %s bytes, and its source gave %s."
            .formatted(
                file,
                QuotedText.of(tensor.name()),
                tensor.dtype(),
                tensor.shape(),
                tensor.length(),
                found));
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  /** Does nothing: other tensors follow. */
  @Override
  public void close() {}
}
