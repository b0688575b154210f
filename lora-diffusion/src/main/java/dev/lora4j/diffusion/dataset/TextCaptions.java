package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.NearestNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A text file beside each picture, with its name and the folder's {@code caption_extension}. */
@Extension(
    point = CaptionSource.class,
    name = "text",
    help = "A text file beside each picture, with caption_extension")
public record TextCaptions() implements CaptionSource {
  private static final int LEAST_PART = 3;
  private static final int LETTERS_PER_SLIP = 4;

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
          String stem = CaptionFile.stem(text);
          if (!stems.contains(stem)) {
            problems.accept(
                // A note in the folder harms nobody; a caption that misses its picture is a slip.
                lonely && stems.stream().anyMatch(other -> alike(stem, other))
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

  /** True if one name may mean the other: fox-1 for fox_01, fox_caption for fox. */
  private static boolean alike(String text, String picture) {
    String one = plain(text);
    String other = plain(picture);
    int shorter = Math.min(one.length(), other.length());
    if (shorter >= LEAST_PART && (one.startsWith(other) || other.startsWith(one))) {
      return true;
    }
    int most = Math.max(1, shorter / LETTERS_PER_SLIP);
    return Math.abs(one.length() - other.length()) <= most
        && NearestNames.edits(one, other) <= most;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }

  private static List<Path> texts(DataSource folder) {
    if (!Files.isDirectory(folder.folder())) {
      // A list that stands for a folder.
      return List.of();
    }
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
