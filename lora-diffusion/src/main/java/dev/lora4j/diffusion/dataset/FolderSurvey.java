package dev.lora4j.diffusion.dataset;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.bucket.BucketFit;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PictureHeader;
import dev.lora4j.diffusion.dataset.source.CaptionList;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.dataset.source.ListedPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Survey of one folder: its pictures, their captions and masks. */
final class FolderSurvey {
  /** Pictures that are enlarged more than this look soft, and so will what is trained on them. */
  private static final double MOST_ENLARGED = 1.5;

  /** Least share of a picture that is left; a smaller one may lack the caption's content. */
  private static final double LEAST_KEPT = 0.75;

  private final DataGroup group;
  private final DataSource source;
  private final DataSet.Depth depth;
  private final List<DataProblem> problems;

  FolderSurvey(
      DataGroup group, DataSource source, DataSet.Depth depth, List<DataProblem> problems) {
    this.group = group;
    this.source = source;
    this.depth = depth;
    this.problems = problems;
  }

  List<DataItem> items() {
    int told = problems.size();
    List<Path> pictures = pictures();
    if (pictures.isEmpty()) {
      list()
          .ifPresent(
              list ->
                  list.problems()
                      .forEach(p -> problems.add(DataProblem.error(source.folder(), p))));
      if (problems.size() == told) {
        String endings = String.join(", ", PictureFile.ENDINGS.stream().sorted().toList());
        problems.add(DataProblem.error(source.folder(), "holds no pictures (" + endings + ")."));
      }
      return List.of();
    }
    FolderCaptions captions = new FolderCaptions(source, problems);
    Map<Path, FolderCaptions.Found> found = new LinkedHashMap<>();
    pictures.forEach(picture -> found.put(picture, captions.of(picture)));
    Set<Path> doubled = doubled(found);
    Masks masks = Masks.of(source, pictures, depth, problems);
    References references = References.of(source, depth, problems);
    List<DataItem> items = new ArrayList<>();
    found.forEach(
        (picture, caption) -> {
          item(picture, caption, masks, references)
              .filter(i -> !doubled.contains(picture))
              .ifPresent(items::add);
        });
    captions.orphans(pictures);
    captions.compare(items);
    return heldOut(items);
  }

  private List<Path> pictures() {
    Path folder = source.folder();
    Set<Path> pictures = new LinkedHashSet<>();
    if (!folder.equals(source.captionList().orElse(null))) {
      pictures.addAll(listed(folder));
    }
    list()
        .ifPresent(
            list -> {
              Path file = CaptionList.of(source).orElseThrow();
              pictures.addAll(new ListedPaths(source, file, list.byPath().keySet()).pictures());
            });
    return List.copyOf(pictures);
  }

  private Optional<CaptionList> list() {
    return CaptionList.of(source)
        .map(file -> CaptionList.read(file, source.captions().separator()));
  }

  private List<Path> listed(Path folder) {
    if (!Files.isDirectory(folder)) {
      problems.add(
          DataProblem.error(
              folder, "is no folder and no archive that is known; expected one with pictures."));
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> files = entries.filter(Files::isRegularFile).sorted().toList();
      tellUnread(files);
      return files.stream().filter(PictureFile::named).toList();
    } catch (IOException e) {
      problems.add(DataProblem.error(folder, "cannot be listed (" + e.getMessage() + ")."));
      return List.of();
    }
  }

  private void tellUnread(List<Path> files) {
    List<String> unread =
        files.stream()
            .filter(PictureFile::unread)
            .map(file -> String.valueOf(file.getFileName()))
            .toList();
    if (!unread.isEmpty()) {
      problems.add(
          DataProblem.warning(
              source.folder(),
              "has "
                  + unread.size()
                  + (unread.size() == 1 ? " picture" : " pictures")
                  + " of kinds that are not read, such as "
                  + unread.get(0)
                  + "; save them as png or jpeg."));
    }
  }

  /** Pictures that would share one caption. */
  private Set<Path> doubled(Map<Path, FolderCaptions.Found> found) {
    Map<String, Path> first = new HashMap<>();
    Set<Path> doubled = new HashSet<>();
    found.forEach(
        (picture, caption) -> {
          if (caption.file().equals(CaptionFile.beside(picture, source.captionExtension()))) {
            String file = caption.file().toString().toLowerCase(Locale.ROOT);
            Path earlier = first.putIfAbsent(file, picture);
            if (earlier != null) {
              doubled.addAll(List.of(earlier, picture));
              problems.add(
                  DataProblem.error(
                      picture,
                      "has the same name as "
                          + earlier.getFileName()
                          + " but for its ending, and they would share a caption; rename one."));
            }
          }
        });
    return doubled;
  }

  private Optional<DataItem> item(
      Path picture, FolderCaptions.Found caption, Masks masks, References references) {
    try {
      PictureFile file = PictureFile.read(picture);
      PictureHeader header = file.header();
      if (depth == DataSet.Depth.PIXELS) {
        file.decode(remark -> problems.add(DataProblem.warning(picture, remark)));
      }
      BucketFit fit = group.bucketing().fit(header.width(), header.height());
      if (fit.bucket().width() == 0 || fit.bucket().height() == 0) {
        problems.add(
            DataProblem.error(
                picture,
                "has "
                    + header.width()
                    + "x"
                    + header.height()
                    + " pixels, less than bucket_reso_steps of "
                    + group.bucketing().step()
                    + ", and bucket_no_upscale forbids to enlarge it."));
        return Optional.empty();
      }
      advise(picture, header, fit);
      Optional<Masks.Mask> mask = masks.of(picture, header);
      Optional<List<ReferencePicture>> beside = references.of(picture, fit.bucket());
      if (beside.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new DataItem(
              0,
              picture,
              file.sha256(),
              header.width(),
              header.height(),
              fit,
              source.repeats(),
              caption.text(),
              caption.written(),
              mask.map(Masks.Mask::file),
              mask.map(Masks.Mask::sha256),
              beside.get(),
              source,
              0,
              group.batch(),
              false));
    } catch (PictureFileException e) {
      problems.add(DataProblem.error(picture, e.sentence()));
      return Optional.empty();
    }
  }

  private void advise(Path picture, PictureHeader header, BucketFit fit) {
    if (fit.scale() > MOST_ENLARGED) {
      problems.add(
          DataProblem.warning(
              picture,
              String.format(
                  Locale.ROOT,
                  "has %dx%d pixels and is enlarged %.1f times; find a larger one.",
                  header.width(),
                  header.height(),
                  fit.scale())));
    }
    if (fit.keptArea() < LEAST_KEPT) {
      problems.add(
          DataProblem.warning(
              picture,
              String.format(
                  Locale.ROOT,
                  "is cut to %s, which keeps %.0f %% of it; crop it yourself or allow more buckets.",
                  fit.bucket(),
                  100 * fit.keptArea())));
    }
  }

  /**
   * Holds out the share whose content comes first in an order that the seed gives: whether a
   * picture is held out hardly changes when others come or go.
   */
  private List<DataItem> heldOut(List<DataItem> items) {
    long count = Math.round(source.validation() * items.size());
    if (count == 0 || source.regularisation()) {
      return items;
    }
    Set<DataItem> chosen = new HashSet<>();
    items.stream()
        .sorted(Comparator.comparingDouble(this::lot).thenComparing(DataItem::file))
        .limit(count)
        .forEach(chosen::add);
    return items.stream().map(i -> chosen.contains(i) ? i.heldOut() : i).toList();
  }

  private double lot(DataItem item) {
    long content = Long.parseUnsignedLong(item.sha256().substring(0, 16), 16);
    return SeededNoise.of(group.validationSeed(), content).uniform();
  }
}
