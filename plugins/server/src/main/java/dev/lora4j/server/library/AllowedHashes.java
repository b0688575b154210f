package dev.lora4j.server.library;

import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Admission of the adapters whose SHA-256 stand in a list. Each line of the list begins with one in
 * hexadecimal; what follows a space is of no effect, so that the output of {@code sha256sum} is a
 * list. Empty lines and those that begin with {@code #} are left out.
 */
public final class AllowedHashes implements AdapterAdmission {
  private final Path list;
  private volatile Set<String> allowed;
  private volatile String trouble = "";

  /**
   * Reads a list.
   *
   * @throws IOException if it cannot be read, or a line is no hash
   */
  public AllowedHashes(Path list) throws IOException {
    this.list = list;
    this.allowed = read(list);
  }

  private static Set<String> read(Path list) throws IOException {
    Set<String> hashes = new HashSet<>();
    List<String> lines = RegularFile.lines(list, RegularFile.TEXT);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        String hash = line.split("\\s", 2)[0].toLowerCase(Locale.ROOT);
        if (!hash.matches("[0-9a-f]{64}")) {
          throw new IOException(
              list
                  + ", line "
                  + (i + 1)
                  + ": expected a SHA-256 of 64 hexadecimal digits, found "
                  + hash.length()
                  + " characters. Write the list with sha256sum.");
        }
        hashes.add(hash);
      }
    }
    return Set.copyOf(hashes);
  }

  @Override
  public void refresh() {
    try {
      allowed = read(list);
      trouble = "";
    } catch (IOException e) {
      allowed = Set.of();
      trouble = " The list cannot be read: " + e.getMessage();
    }
  }

  @Override
  public Optional<String> refusal(AdapterFile file, Digest digest) throws IOException {
    String hash = HexFormat.of().formatHex(digest.sha256());
    return allowed.contains(hash)
        ? Optional.empty()
        : Optional.of(
            file.path()
                + " is not admitted: its SHA-256 "
                + hash
                + " is not in "
                + list
                + "."
                + trouble);
  }
}
