package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PictureHeader;
import dev.lora4j.diffusion.dataset.source.Augmentations;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The reference pictures of one folder's pictures, by their names, and their problems. */
final class References {
  private final List<Path> folders = new ArrayList<>();
  private final List<Map<String, Path>> byStem = new ArrayList<>();
  private final DataSet.Depth depth;
  private final List<DataProblem> problems;

  private References(DataSet.Depth depth, List<DataProblem> problems) {
    this.depth = depth;
    this.problems = problems;
  }

  /** Finds those of a folder's pictures. */
  static References of(DataSource source, DataSet.Depth depth, List<DataProblem> problems) {
    References references = new References(depth, problems);
    source.references().forEach(references::find);
    Augmentations how = source.augmentations();
    if (!source.references().isEmpty() && (how.randomCrop() || how.colour())) {
      references.error(
          source.folder(),
          "has reference pictures, which random_crop and color_aug would not change; remove these.");
    }
    return references;
  }

  private void find(Path folder) {
    Map<String, Path> found = new HashMap<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path file : entries.filter(PictureFile::named).sorted().toList()) {
        Path earlier = found.putIfAbsent(CaptionFile.stem(file), file);
        if (earlier != null) {
          error(
              file,
              "is a second reference picture of the name of "
                  + earlier.getFileName()
                  + "; remove one.");
        }
      }
    } catch (IOException e) {
      error(folder, "is no folder of reference pictures that can be listed.");
    }
    folders.add(folder);
    byStem.add(found);
  }

  /**
   * Those of a picture, one of each folder; empty if one is missing or unusable, which is reported.
   *
   * @param bucket of the picture
   */
  Optional<List<ReferencePicture>> of(Path picture, Bucket bucket) {
    List<ReferencePicture> all = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      Path file = byStem.get(i).get(CaptionFile.stem(picture));
      if (file == null) {
        error(picture, "has no reference picture of its name in " + folders.get(i) + ".");
      } else {
        checked(file, bucket).ifPresent(all::add);
      }
    }
    return all.size() == folders.size() ? Optional.of(all) : Optional.empty();
  }

  private Optional<ReferencePicture> checked(Path path, Bucket bucket) {
    try {
      PictureFile file = PictureFile.read(path);
      PictureHeader header = file.header();
      if (depth == DataSet.Depth.PIXELS) {
        file.decode();
      }
      Bucketing one = Bucketing.fixed(bucket.width(), bucket.height());
      return Optional.of(
          new ReferencePicture(path, file.sha256(), one.fit(header.width(), header.height())));
    } catch (PictureFileException e) {
      error(path, e.sentence());
      return Optional.empty();
    }
  }

  /** An error if pictures of a data set have more reference pictures than others. */
  static List<DataProblem> alike(List<DataItem> items) {
    return items.stream()
        .filter(item -> item.references().size() != items.get(0).references().size())
        .limit(1)
        .map(
            item ->
                DataProblem.error(
                    item.file(),
                    "has "
                        + item.references().size()
                        + " reference pictures, and "
                        + items.get(0).file()
                        + " has "
                        + items.get(0).references().size()
                        + "; give all folders as many (reference_dir)."))
        .toList();
  }

  private void error(Path file, String sentence) {
    problems.add(DataProblem.error(file, sentence));
  }
}
