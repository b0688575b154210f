package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.archive.UnpackListener;
import dev.lora4j.diffusion.dataset.archive.UnpackedFolders;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * All pictures of a run and their problems.
 *
 * @param items the usable pictures, in the order of groups, folders and names
 * @param problems errors and warnings, in the order of the files
 * @param groups where the pictures are from, by the number that each has
 */
public record DataSet(List<DataItem> items, List<DataProblem> problems, List<DataGroup> groups) {
  /** Copies its collections. */
  public DataSet {
    items = List.copyOf(items);
    problems = List.copyOf(problems);
    groups = List.copyOf(groups);
  }

  /** Depth of a survey: how much of a picture file it reads. */
  public enum Depth {
    /** Headers, and completeness of the file by its own account: a few milliseconds each. */
    HEADERS,
    /** Also whether its pixels can be unpacked, one picture in memory at a time. */
    PIXELS
  }

  /**
   * Surveys all pictures and captions, and reports everything that can be known before training.
   * Nothing is thrown for what is wrong with a file: it is among the problems. Archives are
   * unpacked first, unless they are already.
   */
  public static DataSet survey(List<DataGroup> groups, Depth depth) {
    return survey(groups, depth, UnpackListener.NONE);
  }

  /**
   * Surveys all pictures, see {@link #survey(List, Depth)}, and tells how archives are unpacked.
   */
  public static DataSet survey(List<DataGroup> groups, Depth depth, UnpackListener listener) {
    List<DataProblem> problems = new ArrayList<>();
    ArchivedSources archives = new ArchivedSources(UnpackedFolders.ofUser(), listener, problems);
    return surveyed(groups.stream().map(archives::unpacked).toList(), depth, problems);
  }

  private static DataSet surveyed(List<DataGroup> groups, Depth depth, List<DataProblem> problems) {
    List<DataItem> items = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      DataGroup group = groups.get(i);
      group
          .notes()
          .forEach(note -> problems.add(DataProblem.warning(note.file(), note.sentence())));
      List<DataItem> found = new ArrayList<>();
      group
          .sources()
          .forEach(
              source -> found.addAll(new FolderSurvey(group, source, depth, problems).items()));
      for (DataItem item : PriorPreservation.balanced(found, problems)) {
        items.add(item.placed(items.size(), i));
      }
    }
    problems.addAll(DuplicateFiles.among(items));
    problems.addAll(References.alike(items));
    boolean nothing = items.stream().allMatch(item -> item.validation() || item.regularisation());
    if (nothing && problems.stream().noneMatch(DataProblem::isError)) {
      groups.stream()
          .flatMap(group -> group.sources().stream())
          .limit(1)
          .forEach(
              source ->
                  problems.add(
                      DataProblem.error(
                          source.folder(),
                          "and all other folders are for regularisation or validation; nothing is left to train on.")));
    }
    return new DataSet(items, problems, groups);
  }

  /** The pictures that are trained on, those for regularisation among them. */
  public List<DataItem> training() {
    return items.stream().filter(item -> !item.validation()).toList();
  }

  /** The pictures that are held out. */
  public List<DataItem> validation() {
    return items.stream().filter(DataItem::validation).toList();
  }

  /** Number of reference pictures that the denoiser sees beside each picture. */
  public int references() {
    return items.isEmpty() ? 0 : items.get(0).references().size();
  }

  /** The same with an error if pictures have more reference pictures than a base takes. */
  public DataSet referring(int most) {
    if (references() <= most) {
      return this;
    }
    List<DataProblem> all = new ArrayList<>(problems);
    String taken = most == 0 ? "none, as FLUX.1 Kontext and FLUX.2 do" : most + " at most";
    all.add(
        DataProblem.error(
            items.get(0).source().folder(),
            "has "
                + references()
                + " reference pictures for each of its pictures (reference_dir), and this base takes "
                + taken
                + "."));
    return new DataSet(items, all, groups);
  }

  /** Problems that prevent training. */
  public List<DataProblem> errors() {
    return problems.stream().filter(DataProblem::isError).toList();
  }

  /** Problems that do not prevent training. */
  public List<DataProblem> warnings() {
    return problems.stream().filter(problem -> !problem.isError()).toList();
  }

  /** The same with an error for each picture whose sides in training are no multiples of a unit. */
  public DataSet inUnits(int unit) {
    return refusing(
        bucket -> !bucket.multipleOf(unit), "this base's sides are multiples of " + unit);
  }

  /** The same with an error for each picture that has a longer side in training. */
  public DataSet within(int longest) {
    return refusing(
        bucket -> Math.max(bucket.width(), bucket.height()) > longest,
        "this base has positions for pictures of up to " + longest + " pixels a side");
  }

  private DataSet refusing(Predicate<Bucket> refused, String reason) {
    List<DataProblem> all = new ArrayList<>(problems);
    for (DataItem item : items) {
      Bucket bucket = item.fit().bucket();
      if (refused.test(bucket)) {
        String size = "is trained in " + bucket;
        all.add(DataProblem.error(item.file(), size + ", and " + reason + "."));
      }
    }
    return new DataSet(items, all, groups);
  }

  /**
   * Returns this data set if it can be trained on.
   *
   * @throws DataSetException with all errors
   */
  public DataSet usable() {
    if (!errors().isEmpty()) {
      throw new DataSetException(errors());
    }
    return this;
  }
}
