package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.source.CaptionList;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.dataset.source.ListedPaths;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Captions of all pictures in one file, see {@link CaptionList}. */
@Extension(
    point = CaptionSource.class,
    name = "list",
    help = "metadata_file, or metadata.jsonl in the folder")
public record ListedCaptions() implements CaptionSource {
  @Override
  public Captions in(DataSource folder, Consumer<DataProblem> problems) {
    Optional<Path> file = CaptionList.of(folder);
    if (file.isEmpty()) {
      return picture -> Optional.empty();
    }
    CaptionList list = CaptionList.read(file.get(), folder.captions().separator());
    list.problems().forEach(p -> problems.accept(DataProblem.error(file.get(), p)));
    ListedPaths paths = new ListedPaths(folder, file.get(), list.byPath().keySet());
    return new Listed(file.get(), list, paths, problems, new HashMap<>());
  }

  /**
   * The list of one folder.
   *
   * @param used pictures by the names that were found to mean them
   */
  private record Listed(
      Path file,
      CaptionList list,
      ListedPaths paths,
      Consumer<DataProblem> problems,
      Map<String, Path> used)
      implements Captions {
    @Override
    public Optional<Caption> of(Path picture) {
      List<String> names = paths.of(picture);
      if (names.isEmpty()) {
        return Optional.empty();
      }
      String name = names.get(0);
      Path earlier = used.get(name);
      names.forEach(one -> used.putIfAbsent(one, picture));
      if (names.stream().map(list.byPath()::get).distinct().count() > 1) {
        problems.accept(
            DataProblem.error(
                picture,
                "may be any of "
                    + String.join(", ", names)
                    + " in the list "
                    + file.getFileName()
                    + ", which say different things; name it there by its path."));
      } else if (earlier != null) {
        problems.accept(
            DataProblem.error(
                picture,
                "and "
                    + earlier.getFileName()
                    + " are both meant by "
                    + name
                    + " in the list; name each of them there by its path, with its ending."));
      }
      return Optional.of(new Caption(list.byPath().getOrDefault(name, ""), true, picture));
    }

    @Override
    public void unused(List<Path> pictures, boolean lonely) {
      TreeSet<String> left = new TreeSet<>(list.byPath().keySet());
      left.removeAll(used.keySet());
      List<Path> missing = left.stream().flatMap(name -> paths.missing(name).stream()).toList();
      int others = left.size() - missing.size();
      if (others > 0) {
        problems.accept(
            DataProblem.warning(
                file,
                "has "
                    + others
                    + (others == 1 ? " caption" : " captions")
                    + " of files in other folders or of other kinds, which are not trained on."));
      }
      missing.forEach(
          place ->
              problems.accept(
                  DataProblem.error(place, "has a caption in the list but is not there.")));
    }
  }
}
