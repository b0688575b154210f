package dev.lora4j.core.bake;

import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;

/**
 * The files of a base, written once more with other bytes for some of its tensors. They lie in a
 * folder next to the output until they are committed.
 */
final class BakedFiles implements AutoCloseable {
  private static final int CHUNK = 1 << 20;

  /** A tensor that changes, and the file it lies in. */
  private record Change(String part, TensorInfo info, long offset) {}

  private final BaseCheckpoint base;
  private final SourceFiles files;
  private final BakeDestination place;
  private int changed;

  private BakedFiles(BaseCheckpoint base, SourceFiles files, BakeDestination place) {
    this.base = base;
    this.files = files;
    this.place = place;
  }

  /**
   * Makes the folder next to the output.
   *
   * @throws BakeException if there is no room, or something is in the way
   */
  static BakedFiles of(BaseCheckpoint base, Path output) {
    SourceFiles files = SourceFiles.of(base);
    return new BakedFiles(base, files, BakeDestination.of(files, output));
  }

  /**
   * Writes all files.
   *
   * @param changes whether the tensor of a part changes
   * @param bytes the new bytes of one that does
   */
  void write(BiPredicate<String, String> changes, BiFunction<String, String, ByteBuffer> bytes) {
    Map<Path, NavigableMap<Long, Change>> byFile = new HashMap<>();
    base.parts()
        .forEach(
            (part, store) ->
                store.tensors().values().stream()
                    .filter(info -> changes.test(part, info.name()))
                    .map(info -> new Change(part, info, store.absoluteOffset(info.name())))
                    .forEach(
                        change ->
                            byFile
                                .computeIfAbsent(
                                    SourceFiles.real(store.fileOf(change.info().name())),
                                    f -> new TreeMap<>())
                                .put(change.offset(), change)));
    changed = byFile.values().stream().mapToInt(NavigableMap::size).sum();
    for (Path file : files.all()) {
      Path target = place.temporary(file);
      List<Change> inside = new ArrayList<>();
      inside.addAll(byFile.getOrDefault(SourceFiles.real(file), new TreeMap<>()).values());
      try {
        Files.createDirectories(target.toAbsolutePath().getParent());
        AtomicFile.write(target, out -> copy(file, inside, bytes, out));
      } catch (IOException e) {
        throw new BakeException(
            target + " cannot be written: " + e.getMessage() + ". Nothing was left behind.", e);
      }
    }
  }

  private static void copy(
      Path from,
      List<Change> changes,
      BiFunction<String, String, ByteBuffer> bytes,
      WritableByteChannel out)
      throws IOException {
    try (FileChannel in = FileChannel.open(from)) {
      long at = 0;
      for (Change change : changes) {
        copy(in, at, change.offset(), out);
        ByteBuffer made = bytes.apply(change.part(), change.info().name());
        if (made.remaining() != change.info().length()) {
          throw new IllegalStateException(
              change.info().name() + " came out as " + made.remaining() + " bytes");
        }
        out.write(made);
        at = change.offset() + change.info().length();
      }
      copy(in, at, in.size(), out);
    }
  }

  private static void copy(FileChannel in, long from, long to, WritableByteChannel out)
      throws IOException {
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

  /** Path of the unfinished output, which opens as a checkpoint. */
  Path written() {
    return place.temporary(files.opened());
  }

  /** Number of tensors that changed. */
  int changed() {
    return changed;
  }

  /** Files that were not copied, see {@link BakeReport#leftOut}. */
  List<Path> leftOut() {
    return files.leftOut();
  }

  /** Puts the files in the place of the output. */
  void commit() {
    place.commit();
  }

  /** Removes uncommitted files. */
  @Override
  public void close() {
    place.close();
  }

  /** The store of a part. */
  static TensorStore store(BaseCheckpoint base, String part) {
    TensorStore store = base.parts().get(part);
    if (store == null) {
      throw new IllegalArgumentException(base.path() + " has no part " + part);
    }
    return store;
  }
}
