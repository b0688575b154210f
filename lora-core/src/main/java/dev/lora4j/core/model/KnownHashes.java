package dev.lora4j.core.model;

import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.tensor.AutoDType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * SHA-256 of large files, remembered from run to run. A file counts as the one that was hashed if
 * path, size, times of change, number on its disk and its first 64 KiB are the same. Editing a file
 * changes the time that the system keeps of the change itself, which no program sets back; where
 * the system has none, the time of modification counts. What changed within the last two seconds is
 * not remembered, as clocks of file systems are that coarse.
 */
public final class KnownHashes {
  private static final Duration SETTLED = Duration.ofSeconds(2);
  private static final int FIRST = 1 << 16;

  private final Path folder;

  /** Remembers in {@code folder}, which is made when needed. */
  public KnownHashes(Path folder) {
    this.folder = folder;
  }

  /** Known hashes of this user. */
  public static KnownHashes ofUser() {
    return new KnownHashes(AutoDType.home().resolve("cache").resolve("hashes"));
  }

  /**
   * SHA-256 of one file, or over those of several in this order, in hexadecimal.
   *
   * @throws UncheckedIOException if a file cannot be read
   */
  public String of(List<Path> files) {
    if (files.size() == 1) {
      return of(files.get(0));
    }
    MessageDigest digest = Digests.sha256();
    files.forEach(f -> digest.update(of(f).getBytes(StandardCharsets.US_ASCII)));
    return Digests.hex(digest);
  }

  private String of(Path file) {
    try {
      Path real = file.toRealPath();
      Path entry = folder.resolve(hex(real.toString().getBytes(StandardCharsets.UTF_8)) + ".txt");
      String sign = sign(real);
      Optional<String> known = read(entry, sign);
      if (known.isPresent()) {
        return known.get();
      }
      Instant began = Instant.now();
      String hash = FileHashes.sha256(real);
      if (sign(real).equals(sign) && latest(real).isBefore(began.minus(SETTLED))) {
        write(entry, sign + "\n" + hash + "\n" + real + "\n");
      }
      return hash;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Optional<String> read(Path entry, String sign) {
    try {
      List<String> lines = Files.readAllLines(entry);
      return lines.size() == 3 && lines.get(0).equals(sign) && lines.get(1).matches("[0-9a-f]{64}")
          ? Optional.of(lines.get(1))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void write(Path entry, String text) {
    try {
      Files.createDirectories(folder);
      AtomicFile.write(
          entry, out -> out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    } catch (IOException e) {
      // The file is hashed again next time.
    }
  }

  /** Signature of a file that changes with the file. */
  private static String sign(Path file) throws IOException {
    byte[] first;
    try (InputStream in = Files.newInputStream(file)) {
      first = in.readNBytes(FIRST);
    }
    return Files.size(file)
        + " "
        + Files.getLastModifiedTime(file).toInstant()
        + " "
        + attribute(file, "unix:ctime")
        + " "
        + attribute(file, "unix:ino")
        + " "
        + hex(first);
  }

  private static Instant latest(Path file) throws IOException {
    Instant modified = Files.getLastModifiedTime(file).toInstant();
    try {
      Instant changed = ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
      return changed.isAfter(modified) ? changed : modified;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return modified;
    }
  }

  private static String attribute(Path file, String name) throws IOException {
    try {
      return String.valueOf(Files.getAttribute(file, name));
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return "-";
    }
  }

  private static String hex(byte[] bytes) {
    MessageDigest digest = Digests.sha256();
    digest.update(bytes);
    return Digests.hex(digest);
  }
}
