package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.caption.CaptionChecks;
import dev.lora4j.diffusion.dataset.source.CaptionList;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the captions of one folder, and says what is the matter with them. */
final class FolderCaptions {
  /** A caption and whether somebody wrote it. */
  record Found(String text, boolean written) {}

  private final DataSource source;
  private final List<DataProblem> problems;
  private final Optional<CaptionList> list;

  FolderCaptions(DataSource source, List<DataProblem> problems) {
    this.source = source;
    this.problems = problems;
    Path usual = source.folder().resolve(CaptionList.NAME);
    Optional<Path> file =
        source.captionList().or(() -> Optional.of(usual).filter(Files::isRegularFile));
    list = file.map(CaptionList::read);
    list.ifPresent(
        read ->
            read.problems().forEach(p -> problems.add(DataProblem.error(file.orElseThrow(), p))));
  }

  /** The caption of a picture: from the list, from a text file, else what stands in for it. */
  Found of(Path picture) {
    Optional<String> listed = list.flatMap(l -> l.of(picture));
    if (listed.isPresent()) {
      return checked(picture, listed.get());
    }
    Path file = CaptionFile.beside(picture, source.captionExtension());
    if (Files.exists(file)) {
      CaptionFile.Content content = CaptionFile.read(file);
      content.error().ifPresent(e -> problems.add(DataProblem.error(file, e)));
      if (content.marked()) {
        problems.add(
            DataProblem.warning(file, "begins with a byte order mark, which is left out."));
      }
      return content.error().isPresent() ? new Found("", true) : checked(file, content.text());
    }
    if (!source.classTokens().isBlank()) {
      return new Found(source.classTokens(), false);
    }
    String name = CaptionFile.stem(picture).replace('_', ' ').replace('-', ' ').strip();
    problems.add(
        DataProblem.warning(
            picture,
            "has no caption "
                + file.getFileName()
                + " and the folder no class_tokens; it is captioned '"
                + name
                + "' by its name."));
    return new Found(name, false);
  }

  private Found checked(Path where, String text) {
    for (String sentence : CaptionChecks.of(text, source.captions().separator())) {
      problems.add(DataProblem.warning(where, sentence));
    }
    return new Found(text, true);
  }

  /** Says which of the written captions lack what nearly all the others have. */
  void compare(List<DataItem> items) {
    List<DataItem> written = items.stream().filter(DataItem::written).toList();
    List<String> texts = written.stream().map(item -> item.recipe().plain(item.caption())).toList();
    List<List<String>> lacking = CaptionChecks.lacking(texts, source.captions().separator());
    for (int i = 0; i < written.size(); i++) {
      for (String tag : lacking.get(i)) {
        problems.add(
            DataProblem.warning(
                written.get(i).file(),
                "has a caption without '"
                    + tag
                    + "', which nearly all others of the folder have."));
      }
    }
  }

  /** Looks at captions that belong to no picture. */
  void orphans(List<Path> pictures, List<Path> texts) {
    List<String> stems = pictures.stream().map(CaptionFile::stem).toList();
    boolean lonely =
        pictures.stream()
            .anyMatch(p -> !Files.exists(CaptionFile.beside(p, source.captionExtension())));
    for (Path text : texts) {
      if (!stems.contains(CaptionFile.stem(text))) {
        problems.add(
            // A note in the folder harms nobody; beside a picture without caption it is a slip.
            lonely && list.isEmpty()
                ? DataProblem.error(
                    text,
                    "belongs to no picture, while pictures beside it have no caption; give both"
                        + " the same name.")
                : DataProblem.warning(text, "belongs to no picture."));
      }
    }
    List<String> names = new ArrayList<>(stems);
    pictures.forEach(p -> names.add(String.valueOf(p.getFileName())));
    list.map(CaptionList::byName).map(Map::keySet).stream()
        .flatMap(java.util.Collection::stream)
        .filter(name -> !names.contains(name))
        .forEach(
            name ->
                problems.add(
                    DataProblem.error(
                        source.folder().resolve(name),
                        "has a caption in the list but is not there.")));
  }
}
