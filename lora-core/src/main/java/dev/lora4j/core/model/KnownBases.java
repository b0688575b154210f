package dev.lora4j.core.model;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.tensor.AutoDType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Locations of bases whose weights were hashed here, by hash: adapters identify their base by it. A
 * base counts as there only while its files still have that hash.
 */
public final class KnownBases {
  private static final String HASH = "[0-9a-f]{64}";

  private final Path folder;
  private final KnownHashes hashes;

  /** Remembers in {@code folder}, which is made when needed. */
  public KnownBases(Path folder, KnownHashes hashes) {
    this.folder = folder;
    this.hashes = hashes;
  }

  /** Known bases of this user. */
  public static KnownBases ofUser() {
    return new KnownBases(AutoDType.home().resolve("cache").resolve("bases"), KnownHashes.ofUser());
  }

  /**
   * Hashes the weights of a base, and remembers where it lies.
   *
   * @param base its folder or file
   * @param files its weights, in a lasting order
   * @return SHA-256 of the one file, or over those of several, in hexadecimal
   */
  public String hash(Path base, List<Path> files) {
    String hash = hashes.of(files);
    List<String> lines = new ArrayList<>(List.of(base.toAbsolutePath().normalize().toString()));
    files.forEach(f -> lines.add(f.toAbsolutePath().normalize().toString()));
    String text = String.join("\n", lines) + "\n";
    Path entry = entry(hash);
    try {
      if (!Files.exists(entry) || !Files.readString(entry).equals(text)) {
        Files.createDirectories(folder);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(entry, out -> out.write(ByteBuffer.wrap(bytes)));
      }
    } catch (IOException e) {
      // Adapters for it are recognised by their shapes alone then.
    }
    return hash;
  }

  /** Location of the base with these weights; empty if no known base still has them. */
  public Optional<Path> find(String hash) {
    if (!hash.matches(HASH)) {
      return Optional.empty();
    }
    try {
      List<Path> paths = Files.readAllLines(entry(hash)).stream().map(Path::of).toList();
      List<Path> files = paths.subList(1, paths.size());
      return hashes.of(files).equals(hash) ? Optional.of(paths.get(0)) : Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty(); // another program wrote the entry
    }
  }

  private Path entry(String hash) {
    return folder.resolve(hash + ".txt");
  }
}
