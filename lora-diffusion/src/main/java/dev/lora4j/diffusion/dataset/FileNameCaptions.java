package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.spi.Extension;
import java.util.Optional;
import java.util.function.Consumer;

/** The picture's name without its ending, with spaces for {@code _} and {@code -}. */
@Extension(
    point = CaptionSource.class,
    name = "file_name",
    help = "The picture's name, with spaces for _ and -")
public record FileNameCaptions() implements CaptionSource {
  @Override
  public Captions in(DataSource folder, Consumer<DataProblem> problems) {
    return picture -> {
      String name = CaptionFile.stem(picture).replace('_', ' ').replace('-', ' ').strip();
      problems.accept(
          DataProblem.warning(
              picture,
              "has no caption "
                  + CaptionFile.beside(picture, folder.captionExtension()).getFileName()
                  + " and the folder no class_tokens; it is captioned '"
                  + name
                  + "' by its name."));
      return Optional.of(new Caption(name, false, picture));
    };
  }
}
