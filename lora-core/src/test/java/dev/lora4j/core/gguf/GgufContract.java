package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.gguf.GgufHeaderReader.Header;
import java.nio.file.Path;
import java.util.Optional;

/** What must hold for the bytes of any file, however they came about. */
final class GgufContract {
  private static final Path NAME = Path.of("fuzzed.gguf");

  private GgufContract() {}

  /** Bytes in memory in place of a file. */
  @SuppressWarnings("ArrayRecordComponent") // They are not compared.
  record InMemory(byte[] bytes) implements GgufBytes {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void read(long position, byte[] into, int at, int count) {
      System.arraycopy(bytes, Math.toIntExact(position), into, at, count);
    }
  }

  /**
   * Opens the bytes.
   *
   * @return the header if they are accepted
   * @throws AssertionError if anything but a refusal of ours comes out, or what was accepted breaks
   *     a rule
   */
  static Optional<Header> check(byte[] bytes) {
    Header header;
    try {
      header = GgufHeaderReader.read(NAME, new InMemory(bytes));
    } catch (GgufException refusal) {
      if (refusal.kind().compareTo(Kind.TRAILING_BYTES) > 0) {
        throw new AssertionError("an error that only other operations have", refusal);
      }
      if (!refusal.getMessage().startsWith(NAME + " ")) {
        throw new AssertionError("a message that does not begin with the file", refusal);
      }
      return Optional.empty();
    }
    long end = 0;
    for (GgufTensor tensor : header.tensors().values()) {
      GgufType type = tensor.type();
      long blocks = tensor.elements() / type.elements();
      if (tensor.begin() < end || tensor.length() != blocks * type.bytes()) {
        throw new AssertionError(tensor + " after " + end);
      }
      end = tensor.begin() + tensor.length();
    }
    if (header.dataStart() + end > bytes.length) {
      throw new AssertionError(header.dataStart() + end + " of " + bytes.length + " bytes");
    }
    return Optional.of(header);
  }
}
