package dev.lora4j.server.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Whether a file system tells names apart that differ in case alone.
 *
 * @param sensitive whether it does
 */
record CaseRule(boolean sensitive) {
  /**
   * The rule of the file system that a folder lies in, found by asking for a folder above under
   * another spelling.
   */
  static CaseRule of(Path folder) {
    for (Path at = folder; at != null && at.getFileName() != null; at = at.getParent()) {
      String name = at.getFileName().toString();
      String upper = name.toUpperCase(Locale.ROOT);
      String other = upper.equals(name) ? name.toLowerCase(Locale.ROOT) : upper;
      if (!other.equals(name)) {
        return new CaseRule(!same(at, at.resolveSibling(other)));
      }
    }
    return new CaseRule(true);
  }

  private static boolean same(Path one, Path other) {
    try {
      return Files.exists(other) && Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }

  /** A name in the spelling by which it is looked up. */
  String folded(String name) {
    return sensitive ? name : name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
