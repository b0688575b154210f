package dev.lora4j.diffusion.dataset.archive;

import java.util.Arrays;
import java.util.Locale;

/**
 * Name of a member in the convention of WebDataset: the key goes up to the first dot of its last
 * part, folders included.
 *
 * @param key what the files of one picture have in common; its last part is empty for hidden files
 * @param kind the rest of the name in lower case, without its first dot; empty if there is no dot
 */
record MemberName(String key, String kind) {
  /**
   * Splits a name.
   *
   * @throws ArchiveException if it leads out of the folder that it is unpacked to
   */
  static MemberName of(String name) throws ArchiveException {
    String path = name.replace('\\', '/');
    boolean drive = path.matches("(?s)[A-Za-z]:/.*");
    if (path.startsWith("/") || drive || Arrays.asList(path.split("/", -1)).contains("..")) {
      throw new ArchiveException(
          "has the member '"
              + name
              + "', whose name leads out of the archive; nothing of it is unpacked.");
    }
    int last = path.lastIndexOf('/') + 1;
    int dot = path.indexOf('.', last);
    // As tar writes the content of the folder it stands in: ./fox.png.
    String key = (dot < 0 ? path : path.substring(0, dot)).replaceAll("(^|/)(\\./)+", "$1");
    return new MemberName(key, dot < 0 ? "" : path.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  /** True for files that programs keep for themselves, such as {@code ._fox.png} of macOS. */
  boolean hidden() {
    return key.isEmpty() || key.endsWith("/");
  }
}
