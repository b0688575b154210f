package dev.lora4j.diffusion.dataset.cache;

import dev.lora4j.core.tensor.AutoDType;
import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A folder of computed numbers, latents and text embeddings, each in a file named after the digest
 * of all that they depend on: what changes in any way has another name, so none is ever wrong.
 * Damaged files are computed again. Deleting any of them at any time is safe, and several processes
 * may share a folder.
 *
 * @param folder where they are; made when needed
 * @param type F32, F16 or BF16, to which they are rounded
 */
public record ContentCache(Path folder, DType type) {
  private static final String ENDING = ".safetensors";

  /** Checks the type. */
  public ContentCache {
    if (type != DType.F32 && type != DType.F16 && type != DType.BF16) {
      throw new IllegalArgumentException(
          "The cache's type is " + type + "; expected F32, F16, BF16.");
    }
  }

  /** The cache of this user: {@code cache/data} in {@link AutoDType#home}. */
  public static ContentCache ofUser(DType type) {
    return new ContentCache(AutoDType.home().resolve("cache").resolve("data"), type);
  }

  /**
   * Numbers for a key: the stored ones, else those of {@code compute}, which are stored first.
   * Either way they went through {@link #type}, so that a run that finds them and one that makes
   * them have the same bits.
   *
   * @throws UncheckedIOException if the folder cannot be made
   * @throws dev.lora4j.core.safetensors.SafetensorsException if they cannot be written
   * @throws IllegalArgumentException if a computed number is not finite, or too large for the type
   */
  public float[] cached(CacheKey key, Supplier<float[]> compute) {
    String digest = key.with("type", type).digest();
    Path file = file(digest);
    Optional<float[]> found = CachedNumbers.read(file, digest, type);
    if (found.isPresent()) {
      used(file);
      return found.get();
    }
    float[] computed = compute.get();
    float[] rounded = rounded(computed);
    for (int i = 0; i < rounded.length; i++) {
      if (!Float.isFinite(rounded[i])) {
        throw new IllegalArgumentException(
            "A "
                + key.kind()
                + " has the value "
                + computed[i]
                + " at "
                + i
                + ", which cannot be trained on as "
                + type
                + "; its parts are "
                + key.parts()
                + ".");
      }
    }
    try {
      Files.createDirectories(folder(digest));
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made: " + e.getMessage(), e);
    }
    CachedNumbers.write(file, digest, type, computed);
    return CachedNumbers.read(file, digest, type).orElse(rounded);
  }

  /** True if numbers for this key are stored and whole. */
  public boolean holds(CacheKey key) {
    String digest = key.with("type", type).digest();
    return CachedNumbers.read(file(digest), digest, type).isPresent();
  }

  /** Numbers as the cache would give them back, for those that are not worth storing. */
  public float[] rounded(float[] values) {
    return CachedNumbers.rounded(type, values);
  }

  /** Bytes that all files take. */
  public long size() {
    return files().stream().mapToLong(ContentCache::length).sum();
  }

  /** Removes the files that were not used for longest, until all take no more than this. */
  public void trim(long bytes) {
    List<Path> oldest = new ArrayList<>(files());
    oldest.sort(Comparator.comparing(ContentCache::modified));
    long taken = size();
    for (Path file : oldest) {
      if (taken <= bytes) {
        return;
      }
      taken -= length(file);
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be removed: " + e.getMessage(), e);
      }
    }
  }

  /** One of 256 folders, as some systems are slow with many files in one. */
  private Path folder(String digest) {
    return folder.resolve(digest.substring(0, 2));
  }

  private Path file(String digest) {
    return folder(digest).resolve(digest + ENDING);
  }

  private List<Path> files() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files.filter(f -> f.toString().endsWith(ENDING)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static void used(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      // It only looks older than it is.
    }
  }

  private static long length(Path file) {
    return file.toFile().length();
  }

  private static long modified(Path file) {
    return file.toFile().lastModified();
  }
}
