package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PictureHeader;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The masks of one folder, by the names of its pictures, and their problems. */
final class Masks {
  /** A mask that is usable. */
  record Mask(Path file, String sha256) {}

  private final Map<String, Path> byStem;
  private final DataSet.Depth depth;
  private final List<DataProblem> problems;

  private Masks(Map<String, Path> byStem, DataSet.Depth depth, List<DataProblem> problems) {
    this.byStem = byStem;
    this.depth = depth;
    this.problems = problems;
  }

  /** Finds those of a folder's pictures. */
  static Masks of(
      DataSource source, List<Path> pictures, DataSet.Depth depth, List<DataProblem> problems) {
    Masks masks = new Masks(new HashMap<>(), depth, problems);
    source.masking().folder().ifPresent(folder -> masks.find(folder, source, pictures));
    return masks;
  }

  private void find(Path folder, DataSource source, List<Path> pictures) {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(PictureFile::named).sorted().toList();
    } catch (IOException e) {
      error(folder, "is no folder of masks that can be listed.");
      return;
    }
    if (files.isEmpty()) {
      error(folder, "holds no masks.");
      return;
    }
    for (Path file : files) {
      Path earlier = byStem.putIfAbsent(CaptionFile.stem(file), file);
      if (earlier != null) {
        error(file, "is a second mask of the name of " + earlier.getFileName() + "; remove one.");
      }
    }
    Map<String, Path> left = new TreeMap<>(byStem);
    for (Path picture : pictures) {
      left.remove(CaptionFile.stem(picture));
      if (!byStem.containsKey(CaptionFile.stem(picture)) && !source.masking().alpha()) {
        warning(picture, "has no mask of its name in " + folder + "; all of it counts.");
      }
    }
    left.values().forEach(mask -> warning(mask, "is a mask of no picture."));
  }

  /** The mask of a picture; empty if it has none, or if that is unusable, which is reported. */
  Optional<Mask> of(Path picture, PictureHeader size) {
    return Optional.ofNullable(byStem.get(CaptionFile.stem(picture)))
        .flatMap(mask -> checked(mask, size));
  }

  private Optional<Mask> checked(Path mask, PictureHeader picture) {
    try {
      PictureFile file = PictureFile.read(mask);
      PictureHeader own = file.header();
      if (own.width() != picture.width() || own.height() != picture.height()) {
        error(
            mask,
            "is a mask of "
                + own.width()
                + "x"
                + own.height()
                + " pixels for a picture of "
                + picture.width()
                + "x"
                + picture.height()
                + "; make them the same size.");
        return Optional.empty();
      }
      if (depth == DataSet.Depth.PIXELS) {
        file.decode();
      }
      return Optional.of(new Mask(mask, file.sha256()));
    } catch (PictureFileException e) {
      error(mask, e.sentence());
      return Optional.empty();
    }
  }

  private void error(Path file, String sentence) {
    problems.add(DataProblem.error(file, sentence));
  }

  private void warning(Path file, String sentence) {
    problems.add(DataProblem.warning(file, sentence));
  }
}
