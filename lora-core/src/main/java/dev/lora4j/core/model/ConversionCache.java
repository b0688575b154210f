package dev.lora4j.core.model;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.tensor.AutoDType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The folder of weights that were converted once, {@code cache/weights} in {@link AutoDType#home}.
 * Files in it are named after what they were made of, so that none is ever wrong; the ones that
 * were not used for longest go when there are too many. Deleting any of them at any time is safe.
 *
 * @param folder where they are
 * @param limit bytes that all of them may take together; 0 keeps nothing
 */
public record ConversionCache(Path folder, long limit) {
  private static final long DEFAULT_GIGABYTES = 24;
  private static final double GIGABYTE = 1e9;
  private static final String ENDING = ".safetensors";
  private static final String SETTING = "LORA4J_CACHE_GB";

  /** Bytes that stay free on the disk. */
  private static final long RESERVE = 1L << 30;

  /**
   * Cache of this user; the environment variable {@code LORA4J_CACHE_GB} sets its size (default
   * 24), and 0 turns it off.
   *
   * @throws ModelException if the variable is no such number
   */
  public static ConversionCache ofUser() {
    String said = System.getenv().getOrDefault(SETTING, "");
    return new ConversionCache(
        AutoDType.home().resolve("cache").resolve("weights"),
        (long) ((said.isBlank() ? DEFAULT_GIGABYTES : gigabytes(said)) * GIGABYTE));
  }

  static double gigabytes(String text) {
    try {
      double number = Double.parseDouble(text.strip());
      if (number >= 0 && number < 1e6) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, like any other text.
    }
    throw new ModelException(
        SETTING + " is '" + text + "'; expected a number of gigabytes, 0 for no cache.");
  }

  /** Bytes that its files take now. */
  public long size() {
    return files().stream().mapToLong(ConversionCache::length).sum();
  }

  /** Number of its files. */
  public int count() {
    return files().size();
  }

  /** Path of the converted weights of this name, present or not. */
  Path entry(String name) {
    return folder.resolve(name + ENDING);
  }

  /**
   * Notes that an entry was used just now. The time of its last change stays, by which processes
   * that have it mapped know that it is unchanged.
   */
  static void used(Path entry) {
    try {
      Files.getFileAttributeView(entry, BasicFileAttributeView.class)
          .setTimes(null, FileTime.from(Instant.now()), null);
    } catch (IOException e) {
      // It only looks older than it is.
    }
  }

  /**
   * Makes room for a file, by removing those that were not used for longest.
   *
   * @throws IOException if there is not enough on the disk, or the folder cannot be made
   */
  void makeRoom(long bytes) throws IOException {
    if (bytes > limit) {
      throw new IOException(
          "they take "
              + gigabytes(bytes)
              + ", and the cache may have "
              + gigabytes(limit)
              + " ("
              + SETTING
              + ")");
    }
    Files.createDirectories(folder);
    // Of processes that were killed; a base's weights may take gigabytes.
    AtomicFile.removeAbandoned(folder, name -> name.endsWith(ENDING));
    List<Path> oldest = new ArrayList<>(files());
    oldest.sort(Comparator.comparing(ConversionCache::lastUse));
    long taken = size();
    for (Path file : oldest) {
      if (taken + bytes <= limit) {
        break;
      }
      taken -= length(file);
      Files.deleteIfExists(file);
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < bytes + RESERVE) {
      throw new IOException(
          folder + " has " + gigabytes(free) + " free, and they take " + gigabytes(bytes));
    }
  }

  static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / GIGABYTE);
  }

  private List<Path> files() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(ENDING)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // Another process removed it.
    }
  }

  private static FileTime lastUse(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).lastAccessTime();
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
