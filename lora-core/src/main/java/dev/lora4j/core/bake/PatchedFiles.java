package dev.lora4j.core.bake;

import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The files of a base byte for byte, but for the bytes of some tensors. */
final class PatchedFiles implements WrittenFiles {
  private static final int CHUNK = 1 << 20;

  /** A stored tensor that changes with the numbers of one, and its place in the file. */
  private record Change(String part, String numbers, TensorInfo stored, long offset) {}

  /** A stored tensor of a part. */
  private record Stored(String part, String tensor) {}

  private final Map<Path, NavigableMap<Long, Change>> byFile = new HashMap<>();
  private final Map<Stored, ByteBuffer> waiting = new HashMap<>();
  private final TensorChanges changes;
  private final long bytes;

  PatchedFiles(BaseCheckpoint base, TensorChanges changes, long bytes) {
    this.changes = changes;
    this.bytes = bytes;
    base.parts().forEach((part, store) -> find(part, store, base.numbers(part)));
  }

  private void find(String part, TensorStore store, QuantisedTensors numbers) {
    for (TensorInfo info : numbers.tensors().values()) {
      if (changes.any(part, info.name())) {
        Collection<TensorInfo> stored =
            numbers.encoded(info.name()) ? numbers.changing(info.name()) : List.of(info);
        for (TensorInfo one : stored) {
          long offset = store.absoluteOffset(one.name());
          byFile
              .computeIfAbsent(SourceFiles.real(store.fileOf(one.name())), f -> new TreeMap<>())
              .put(offset, new Change(part, info.name(), one, offset));
        }
      }
    }
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long changed() {
    return byFile.values().stream().mapToLong(NavigableMap::size).sum();
  }

  @Override
  public long converted() {
    return 0;
  }

  @Override
  public void write(Path from, Path to) throws IOException {
    Collection<Change> inside =
        byFile.getOrDefault(SourceFiles.real(from), new TreeMap<>()).values();
    AtomicFile.write(to, out -> copy(from, inside, out));
  }

  private void copy(Path from, Collection<Change> inside, WritableByteChannel out)
      throws IOException {
    try (FileChannel in = FileChannel.open(from)) {
      long at = 0;
      for (Change change : inside) {
        copy(in, at, change.offset(), out);
        ByteBuffer made = made(change);
        if (made.remaining() != change.stored().length()) {
          throw new IllegalStateException(
              change.stored().name() + " came out as " + made.remaining() + " bytes");
        }
        out.write(made);
        at = change.offset() + change.stored().length();
      }
      copy(in, at, in.size(), out);
    }
  }

  /* Codes and scales are made together and lie apart. */
  private ByteBuffer made(Change change) {
    Stored wanted = new Stored(change.part(), change.stored().name());
    if (!waiting.containsKey(wanted)) {
      changes
          .bytes(change.part(), change.numbers())
          .forEach((name, made) -> waiting.put(new Stored(change.part(), name), made));
    }
    ByteBuffer made = waiting.remove(wanted);
    if (made == null) {
      throw new IllegalStateException(change + " was not made");
    }
    return made;
  }

  /** Copies some bytes of a file. */
  static void copy(FileChannel in, long from, long to, WritableByteChannel out) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    for (long at = from; at < to; ) {
      chunk.clear().limit((int) Math.min(CHUNK, to - at));
      int read = in.read(chunk, at);
      if (read < 0) {
        throw new IOException("the base's file became shorter while it was read");
      }
      at += read;
      out.write(chunk.flip());
    }
  }
}
