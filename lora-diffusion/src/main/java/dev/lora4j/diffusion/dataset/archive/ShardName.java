package dev.lora4j.diffusion.dataset.archive;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of shards in the form of Hugging Face: {@code train-00000-of-00002.parquet}. */
final class ShardName {
  private static final Pattern NUMBERED =
      Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})(?:-[0-9a-f]+)?\\..+");

  /** The split that is trained on where there are several. */
  private static final String TRAIN = "train";

  private ShardName() {}

  /**
   * Those of the files that are trained on: all, or those called {@code train} where several splits
   * are side by side.
   *
   * @param notes receives what is left out or missing
   * @throws ArchiveException if there are several splits and none is called so
   */
  static List<Path> training(List<Path> files, List<String> notes) throws ArchiveException {
    Map<String, List<Path>> splits = new TreeMap<>();
    for (Path file : files) {
      Matcher name = NUMBERED.matcher(String.valueOf(file.getFileName()));
      splits.computeIfAbsent(name.matches() ? name.group(1) : "", s -> new ArrayList<>()).add(file);
    }
    List<Path> taken = files;
    if (splits.size() > 1) {
      taken = splits.getOrDefault(TRAIN, List.of());
      if (taken.isEmpty()) {
        throw new ArchiveException(
            "holds shards of several splits and none called train: "
                + String.join(", ", splits.values().stream().map(ShardName::first).toList())
                + "; name one file, or move a split to a folder of its own.");
      }
      splits.remove(TRAIN);
      long left = splits.values().stream().mapToLong(List::size).sum();
      notes.add(
          "has "
              + left
              + (left == 1 ? " file" : " files")
              + " of other splits than train, such as "
              + first(splits.values().iterator().next())
              + ", which are left out; name the file to train on it.");
    }
    missing(taken, notes);
    return taken;
  }

  private static void missing(List<Path> files, List<String> notes) {
    Matcher name = NUMBERED.matcher(first(files));
    if (name.matches() && Integer.parseInt(name.group(3)) > files.size()) {
      notes.add(
          "has "
              + files.size()
              + " of the "
              + Integer.parseInt(name.group(3))
              + " shards that "
              + first(files)
              + " is one of; the others are not trained on.");
    }
  }

  private static String first(List<Path> files) {
    return String.valueOf(files.get(0).getFileName());
  }

  /** A file's name without the ending that an archive has. */
  static String stem(String name, List<String> endings) {
    String lower = name.toLowerCase(Locale.ROOT);
    int cut = endings.stream().filter(lower::endsWith).mapToInt(String::length).max().orElse(0);
    return cut > 0 && cut < name.length() ? name.substring(0, name.length() - cut) : name;
  }
}
