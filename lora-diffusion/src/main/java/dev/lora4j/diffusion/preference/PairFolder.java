package dev.lora4j.diffusion.preference;

import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataProblem;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Pairs of a folder: pictures of the same names in its folders {@code better} and {@code worse}.
 * Captions are found as for the pictures of a style, in {@code better}.
 */
final class PairFolder {
  private PairFolder() {}

  /** Returns true if a folder has both. */
  static boolean is(Path folder) {
    return Files.isDirectory(folder.resolve(PairRows.BETTER))
        && Files.isDirectory(folder.resolve(PairRows.WORSE));
  }

  /**
   * Reads a folder.
   *
   * @param better how the better pictures are surveyed
   */
  static PairRows rows(Path folder, DataGroup better) {
    DataSet found = DataSet.survey(List.of(better), DataSet.Depth.HEADERS);
    List<DataProblem> problems = new ArrayList<>(found.problems());
    List<PairRow> rows = new ArrayList<>();
    Map<String, Path> worse = worse(folder.resolve(PairRows.WORSE), problems);
    for (DataItem item : found.items()) {
      String name = stem(item.file());
      Optional<Path> other = Optional.ofNullable(worse.remove(name));
      if (other.isEmpty()) {
        problems.add(DataProblem.error(item.file(), "has no picture of its name in worse."));
      } else {
        rows.add(
            new PairRow(
                folder,
                "pair " + name,
                item.file(),
                other.get(),
                item.recipe().plain(item.caption()),
                item.written()));
      }
    }
    // A better picture that cannot be read is told of once.
    worse.values().stream()
        .filter(file -> !named(folder.resolve(PairRows.BETTER), stem(file)))
        .forEach(
            file -> problems.add(DataProblem.error(file, "has no picture of its name in better.")));
    return new PairRows(rows, problems);
  }

  private static boolean named(Path folder, String stem) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> PictureFile.named(file) && stem(file).equals(stem));
    } catch (IOException e) {
      return false;
    }
  }

  private static Map<String, Path> worse(Path folder, List<DataProblem> problems) {
    Map<String, Path> worse = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(PictureFile::named).sorted().toList()) {
        if (worse.putIfAbsent(stem(file), file) != null) {
          problems.add(
              DataProblem.error(
                  file,
                  "has the same name as another picture in worse but for its ending; remove one."));
        }
      }
    } catch (IOException e) {
      problems.add(DataProblem.error(folder, "cannot be listed (" + e.getMessage() + ")."));
    }
    return worse;
  }

  private static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
