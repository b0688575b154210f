package dev.lora4j.diffusion.dataset.archive;

import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder to unpack to, and what its listener was told.
 *
 * @param told sentences
 */
record TestUnpacking(Path root, DiskSpace disk, List<String> told) implements UnpackListener {
  static TestUnpacking in(Path root) {
    return new TestUnpacking(root, folder -> Long.MAX_VALUE, new ArrayList<>());
  }

  UnpackedFolder of(Path path) throws IOException {
    Shards shards = Shards.of(path, false).orElseThrow();
    return new UnpackedFolders(root, disk).of(shards, ArchiveColumns.FOUND, this);
  }

  /** Texts of a folder's files by name; of pictures the number of bytes. */
  static Map<String, String> content(Path folder) {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        content.put(
            name,
            name.endsWith(".txt")
                ? Files.readString(file, StandardCharsets.UTF_8)
                : Files.size(file) + " bytes");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return content;
  }

  /** All files and folders below the root. */
  List<String> left() {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(f -> !f.equals(root)).map(f -> root.relativize(f).toString()).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Override
  public void begins(Path from, long bytes) {
    told.add("begins");
  }

  @Override
  public void unpacked(Path from, Path folder, long pictures) {
    told.add("unpacked " + pictures + " of " + from.getFileName());
  }

  @Override
  public void kept(Path from, Path folder, long pictures) {
    told.add("kept " + pictures + " of " + from.getFileName());
  }
}
