package dev.lora4j.core.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Names of adapters in a store, which are names of files on every system. */
final class StoredName {
  private static final int MOST_BYTES = 200;

  private StoredName() {}

  /** True if a text is a name of a file, and leads to no other folder. */
  static boolean plain(String name) {
    return !name.isBlank()
        && !name.startsWith(".")
        && name.chars().noneMatch(c -> c < ' ' || c == 0x7f || "/\\:*?\"<>|".indexOf(c) >= 0);
  }

  /** The name that an adapter has if nobody gives it one: that of its file. */
  static String of(Path file) {
    return String.valueOf(file.toAbsolutePath().normalize().getFileName())
        .replaceFirst("\\.safetensors$", "");
  }

  /**
   * Refuses what cannot name an adapter.
   *
   * @throws StoreException if it is none
   */
  static String require(String name) {
    if (!plain(name)
        || !name.equals(name.strip())
        || name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      throw new StoreException(
          "'"
              + name
              + "' cannot name an adapter. A name has at most 200 bytes, begins with no dot, and has"
              + " none of / \\ : * ? \" < > | in it.");
    }
    return name;
  }
}
