package dev.lora4j.server.library;

import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * SHA-256 of files, remembered from run to run in one file of the state folder. A hash counts while
 * path and {@linkplain FileStamp stamp} are the same. The file can be deleted at any time, as it
 * holds nothing that is not found again by reading.
 *
 * <p>May be used from several threads. Of several processes, the last that writes counts.
 */
final class HashIndex {
  static final String FILE = "adapter-hashes.txt";
  private static final String TITLE = "lora4j hashes of adapters, 1";
  private static final String END = "end ";

  /** Clocks of file systems may be so coarse that a file changes without showing it. */
  static final Duration SETTLED = Duration.ofSeconds(2);

  /** The file is written again when it would grow by this part, so that all writing is linear. */
  private static final int SHARE = 8;

  private final Path file;
  private final Duration settled;
  private final Consumer<String> notes;
  private final Map<String, String> hashes = new ConcurrentHashMap<>();
  private int unsaved;

  /**
   * Reads the index of a folder, if there is one.
   *
   * @param settled age of a change from which on a hash is remembered
   */
  HashIndex(Path folder, Duration settled, Consumer<String> notes) {
    this.file = folder.resolve(FILE);
    this.settled = settled;
    this.notes = notes;
    if (Files.exists(file)) {
      read();
    }
  }

  private void read() {
    try {
      List<String> lines = RegularFile.lines(file, RegularFile.DATA);
      int last = lines.size() - 1;
      if (last < 1
          || !lines.get(0).equals(TITLE)
          || !lines.get(last).equals(END + digest(lines.subList(0, last)))) {
        notes.accept(
            file + " is not a whole index of hashes. It is ignored, and files are hashed again.");
        return;
      }
      for (String line : lines.subList(1, last)) {
        int space = line.indexOf(' ');
        hashes.put(line.substring(space + 1), line.substring(0, space));
      }
    } catch (IOException e) {
      notes.accept(file + " cannot be read, so files are hashed again: " + e.getMessage());
    }
  }

  private static String digest(List<String> lines) {
    return Digests.hex((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-256 of a file in hexadecimal, if it is remembered. */
  Optional<String> known(AdapterFile.Part part) {
    return Optional.ofNullable(hashes.get(line(part)));
  }

  /**
   * SHA-256 of a file in hexadecimal.
   *
   * @throws IOException if it cannot be read, or is no longer what it was when it was found
   */
  String sha256(AdapterFile.Part part) throws IOException {
    String line = line(part);
    String known = hashes.get(line);
    if (known != null) {
      return known;
    }
    Instant began = Instant.now();
    String hash;
    try {
      hash = FileHashes.sha256(part.real());
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (!FileStamp.of(part.real()).equals(Optional.of(part.stamp()))) {
      throw new IOException(part.real() + " changed while it was read.");
    }
    if (settled(part, began)) {
      remember(part, hash);
    }
    return hash;
  }

  private boolean settled(AdapterFile.Part part, Instant now) {
    return part.stamp().latest().isBefore(now.minus(settled));
  }

  /** Returns true if hashes of files are remembered that are read now. */
  boolean settled(List<AdapterFile.Part> parts) {
    Instant now = Instant.now();
    return parts.stream().allMatch(part -> settled(part, now));
  }

  /** Remembers the hash of a file. */
  void remember(AdapterFile.Part part, String hash) {
    hashes.put(line(part), hash);
    added();
  }

  private static String line(AdapterFile.Part part) {
    FileStamp stamp = part.stamp();
    return String.join(
        " ",
        Long.toString(stamp.size()),
        stamp.modified().toString(),
        stamp.changed().toString(),
        stamp.number().isEmpty() ? "-" : stamp.number(),
        URLEncoder.encode(part.real().toString(), StandardCharsets.UTF_8));
  }

  private synchronized void added() {
    unsaved++;
    if (unsaved * SHARE >= hashes.size()) {
      write();
    }
  }

  /** Forgets all files but these, and writes what is new. */
  synchronized void retain(Set<AdapterFile.Part> parts) {
    Set<String> kept = new HashSet<>();
    parts.forEach(p -> kept.add(line(p)));
    if (hashes.keySet().retainAll(kept)) {
      unsaved++;
    }
    save();
  }

  /** Writes what is new. */
  synchronized void save() {
    if (unsaved > 0) {
      write();
    }
  }

  private void write() {
    StringBuilder text = new StringBuilder(TITLE).append('\n');
    hashes.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e -> text.append(e.getValue()).append(' ').append(e.getKey()).append('\n'));
    String digest = Digests.hex(text.toString().getBytes(StandardCharsets.UTF_8));
    text.append(END).append(digest).append('\n');
    try {
      Files.createDirectories(file.resolveSibling("."));
      AtomicFile.write(file, text.toString());
      unsaved = 0;
    } catch (IOException e) {
      notes.accept(file + " cannot be written, so files are hashed again: " + e.getMessage());
    }
  }
}
