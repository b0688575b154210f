package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.HeaderReader.Header;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must hold for the bytes of any file, however they came about. */
final class FileContract {
  private static final Path NAME = Path.of("fuzzed.safetensors");

  private FileContract() {}

  /**
   * Opens the bytes strictly and leniently.
   *
   * @return the header if the strict reader accepts them
   * @throws AssertionError if anything but a refusal of ours comes out, or what was accepted breaks
   *     a rule
   */
  static Optional<Header> check(byte[] bytes) {
    Optional<Header> strict = open(bytes, Set.of());
    Optional<Header> lenient = open(bytes, EnumSet.allOf(Leniency.class));
    if (strict.isPresent() && !strict.equals(lenient)) {
      throw new AssertionError("leniency changes what a sound file says");
    }
    lenient.ifPresent(header -> checkRanges(header, bytes.length, strict.isPresent()));
    strict.ifPresent(FileContract::checkRewritten);
    return strict;
  }

  private static Optional<Header> open(byte[] bytes, Set<Leniency> tolerated) {
    try {
      Inspection inspection = new Inspection(NAME, tolerated);
      Header header = new HeaderReader(inspection, new TestFiles.InMemory(bytes)).read();
      inspection.warnings();
      return Optional.of(header);
    } catch (SafetensorsException refusal) {
      if (refusal.kind().compareTo(SafetensorsException.Kind.TRAILING_BYTES) > 0) {
        throw new AssertionError("an error that only other operations have", refusal);
      }
      return Optional.empty();
    }
  }

  private static void checkRanges(Header header, long size, boolean exact) {
    long end = 0;
    for (TensorInfo tensor : header.tensors().values()) {
      long needed = tensor.dtype().bytes(tensor.shape().elements());
      if (tensor.begin() != end || tensor.length() != needed) {
        throw new AssertionError(tensor + " after " + end);
      }
      end = tensor.end();
    }
    long whole = header.dataStart() + end;
    if (whole > size || (exact && whole != size)) {
      throw new AssertionError(whole + " of " + size + " bytes");
    }
  }

  /** What was accepted can be written again, and says the same then. */
  private static void checkRewritten(Header header) {
    Map<String, TensorInfo> tensors = header.tensors();
    byte[] text = HeaderText.of(header.metadata(), tensors.values());
    long data = tensors.values().stream().mapToLong(TensorInfo::end).max().orElse(0);
    byte[] again =
        ByteBuffer.allocate(Math.toIntExact(Limits.PREFIX + text.length + data))
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array();
    Header second =
        new HeaderReader(new Inspection(NAME, Set.of()), new TestFiles.InMemory(again)).read();
    if (!second.tensors().equals(tensors) || !second.metadata().equals(header.metadata())) {
      throw new AssertionError("changed when written again");
    }
  }
}
