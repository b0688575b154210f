package dev.lora4j.core.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A mapping of a file in this process, as Linux tells of it, in KiB.
 *
 * @param resident pages that are in memory
 * @param anonymous those that are not the file's
 */
public record FileMapping(String name, long resident, long anonymous) {
  private static final Path ALL = Path.of("/proc/self/smaps");

  /** Returns true if the system tells of mappings. */
  public static boolean told() {
    return Files.exists(ALL);
  }

  /** The mappings of files in a folder; none where the system tells of none. */
  public static List<FileMapping> in(Path folder) throws IOException {
    List<FileMapping> found = new ArrayList<>();
    if (!told()) {
      return found;
    }
    String name = "";
    long resident = 0;
    for (String line : Files.readAllLines(ALL)) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        name = line;
      } else if (line.startsWith("Rss:")) {
        resident = Long.parseLong(line.replaceAll("\\D", ""));
      } else if (line.startsWith("Anonymous:") && name.contains(folder.toRealPath().toString())) {
        found.add(new FileMapping(name, resident, Long.parseLong(line.replaceAll("\\D", ""))));
      }
    }
    return found;
  }
}
