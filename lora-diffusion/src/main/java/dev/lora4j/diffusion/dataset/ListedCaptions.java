package dev.lora4j.diffusion.dataset;

import dev.lora4j.core.spi.Extension;
import dev.lora4j.diffusion.dataset.source.CaptionList;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    Path usual = folder.folder().resolve(CaptionList.NAME);
    Optional<Path> file =
        folder.captionList().or(() -> Optional.of(usual).filter(Files::isRegularFile));
    if (file.isEmpty()) {
      return picture -> Optional.empty();
    }
    CaptionList list = CaptionList.read(file.get());
    list.problems().forEach(p -> problems.accept(DataProblem.error(file.get(), p)));
    return new Captions() {
      @Override
      public Optional<Caption> of(Path picture) {
        return list.of(picture).map(text -> new Caption(text, true, picture));
      }

      @Override
      public void unused(List<Path> pictures, boolean lonely) {
        TreeSet<String> left = new TreeSet<>(list.byName().keySet());
        for (Path picture : pictures) {
          left.remove(String.valueOf(picture.getFileName()));
          left.remove(CaptionFile.stem(picture));
        }
        for (String name : left) {
          Path missing = folder.folder().resolve(name);
          problems.accept(
              DataProblem.error(missing, "has a caption in the list but is not there."));
        }
      }
    };
  }
}
