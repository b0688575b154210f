package dev.lora4j.server.library;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * An adapter on the disk, a file or a folder as PEFT saves it, at one state of its content: another
 * state is not equal to it.
 *
 * @param path where it was found
 * @param real the same without symbolic links; what is read
 * @param parts the files that are read, sorted by name
 */
public record AdapterFile(AdapterKey key, Path path, Path real, List<Part> parts) {
  /**
   * One file of an adapter.
   *
   * @param name path within the adapter's folder with slashes; of a lone file its own name
   * @param real path without symbolic links
   */
  public record Part(String name, Path real, FileStamp stamp) {}

  /** Sorts its parts. */
  public AdapterFile {
    parts = parts.stream().sorted(Comparator.comparing(Part::name)).toList();
  }

  /** Size of all parts together, in bytes. */
  public long bytes() {
    return parts.stream().mapToLong(p -> p.stamp().size()).sum();
  }

  /** Time of the last modification of a part. */
  public Instant modified() {
    return parts.stream().map(p -> p.stamp().modified()).max(Instant::compareTo).orElseThrow();
  }
}
