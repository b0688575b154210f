package dev.lora4j.hub.listing;

import dev.lora4j.hub.web.HubException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which files of a source are wanted.
 *
 * @param files by the paths or names that the hub lists
 * @param all whether every adapter of it is wanted
 */
public record FileSelection(List<String> files, boolean all) {
  /** The only one that there is. */
  public static final FileSelection ONLY = new FileSelection(List.of(), false);

  private static final int SHOWN = 30;
  private static final double MEGABYTE = 1e6;

  /** Copies the list. */
  public FileSelection {
    files = List.copyOf(files);
  }

  /**
   * The wanted files among those of a source.
   *
   * @param place what holds them, for messages
   * @throws HubException if a named one is not there, or there are several and none is named
   */
  List<RemoteFile> of(List<RemoteFile> there, String place) {
    if (!files.isEmpty()) {
      List<RemoteFile> chosen = new ArrayList<>();
      files.forEach(name -> chosen.add(one(name, there, place)));
      return chosen.stream().distinct().toList();
    }
    if (there.size() > 1 && !all) {
      throw new HubException(
          place
              + " has "
              + there.size()
              + " files of adapters; name those that you want by --file, or take all by --all:"
              + list(there));
    }
    return there;
  }

  private static RemoteFile one(String name, List<RemoteFile> there, String place) {
    List<RemoteFile> found = there.stream().filter(f -> f.path().equals(name)).toList();
    if (found.isEmpty()) {
      found = there.stream().filter(f -> f.name().equals(name)).toList();
    }
    if (found.size() != 1) {
      throw new HubException(
          place
              + (found.isEmpty() ? " has no file " : " has several files ")
              + name
              + (there.isEmpty() ? "." : "; there are:" + list(there)));
    }
    return found.get(0);
  }

  private static String list(List<RemoteFile> files) {
    StringBuilder lines = new StringBuilder();
    files.stream()
        .limit(SHOWN)
        .forEach(f -> lines.append("\n  ").append(f.path()).append(size(f.size())));
    if (files.size() > SHOWN) {
      lines.append("\n  and ").append(files.size() - SHOWN).append(" more");
    }
    return lines.toString();
  }

  private static String size(Optional<RemoteFile.Size> size) {
    return size.map(s -> String.format(Locale.ROOT, "  %.1f MB", s.bytes() / MEGABYTE)).orElse("");
  }
}
