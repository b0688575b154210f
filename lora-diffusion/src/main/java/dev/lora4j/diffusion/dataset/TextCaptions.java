package dev.lora4j.diffusion.dataset;

import dev.lora4j.core.spi.Extension;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A text file beside each picture, with its name and the folder's {@code caption_extension}. */
@Extension(
    point = CaptionSource.class,
    name = "text",
    help = "A text file beside each picture, with caption_extension")
public record TextCaptions() implements CaptionSource {
  @Override
  public Captions in(DataSource folder, Consumer<DataProblem> problems) {
    return new Captions() {
      @Override
      public Optional<Caption> of(Path picture) {
        Path file = CaptionFile.beside(picture, folder.captionExtension());
        if (!Files.exists(file)) {
          return Optional.empty();
        }
        CaptionFile.Content content = CaptionFile.read(file);
        content.error().ifPresent(e -> problems.accept(DataProblem.error(file, e)));
        if (content.marked()) {
          problems.accept(
              DataProblem.warning(file, "begins with a byte order mark, which is left out."));
        }
        return Optional.of(new Caption(content.text(), true, file));
      }

      @Override
      public void unused(List<Path> pictures, boolean lonely) {
        List<String> stems = pictures.stream().map(CaptionFile::stem).toList();
        for (Path text : texts(folder)) {
          if (!stems.contains(CaptionFile.stem(text))) {
            problems.accept(
                // A note in the folder harms nobody; beside a picture without caption it is a slip.
                lonely
                    ? DataProblem.error(
                        text,
                        "belongs to no picture, while pictures beside it have no caption; give"
                            + " both the same name.")
                    : DataProblem.warning(text, "belongs to no picture."));
          }
        }
      }
    };
  }

  private static List<Path> texts(DataSource folder) {
    try (Stream<Path> entries = Files.list(folder.folder())) {
      return entries
          .filter(f -> f.toString().endsWith(folder.captionExtension()))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder.folder() + " cannot be listed: " + e.getMessage(), e);
    }
  }
}
