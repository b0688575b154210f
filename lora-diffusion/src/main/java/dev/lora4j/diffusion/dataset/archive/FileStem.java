package dev.lora4j.diffusion.dataset.archive;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Names of files for the keys of an archive, which may have been written to do harm. */
final class FileStem {
  /** Characters that some system refuses in names, or that would steer a terminal. */
  private static final Pattern FOREIGN = Pattern.compile("[<>:\"|?*\\\\/\\p{Cntrl}\\p{Cf}]");

  private static final Pattern DEVICE =
      Pattern.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

  /** Systems take 255, of which an ending has some. */
  private static final int MOST_BYTES = 240;

  private FileStem() {}

  /**
   * Names without an ending, the plainest first: the key's last part, with its folders, with the
   * shard.
   *
   * @throws ArchiveException if the key is no name, or leads out of a folder
   */
  static List<String> of(String key, String shard) throws ArchiveException {
    List<String> parts = new ArrayList<>(Arrays.asList(key.split("/", -1)));
    boolean outside = key.startsWith("/") || parts.contains("..");
    parts.removeIf(part -> part.isEmpty() || part.equals("."));
    if (outside || parts.isEmpty() || key.endsWith("/")) {
      throw new ArchiveException("has the key '" + key + "', which is no name for a file.");
    }
    String plain = safe(parts.get(parts.size() - 1));
    int bytes = bytes(plain);
    if (bytes > MOST_BYTES) {
      throw new ArchiveException(
          "has the key '"
              + key
              + "', which makes a name of "
              + bytes
              + " bytes; expected at most "
              + MOST_BYTES
              + ".");
    }
    String folders = String.join("-", parts);
    return Stream.of(plain, safe(folders), safe(shard + "-" + folders))
        .filter(name -> bytes(name) <= MOST_BYTES)
        .toList();
  }

  private static int bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String safe(String name) {
    String plain = FOREIGN.matcher(name).replaceAll("_");
    if (plain.startsWith(".")) {
      plain = "_" + plain.substring(1);
    }
    if (plain.endsWith(".") || plain.endsWith(" ")) {
      plain = plain.substring(0, plain.length() - 1) + "_";
    }
    return DEVICE.matcher(plain).matches() ? "_" + plain : plain;
  }
}
