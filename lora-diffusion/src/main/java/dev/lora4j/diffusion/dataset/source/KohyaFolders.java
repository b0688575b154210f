package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Folders that say in their names how often each picture comes and what it shows, beside each other
 * in one: {@code 10_sks dog}, as kohya's {@code train_data_dir} and {@code reg_data_dir} expect.
 */
public final class KohyaFolders {
  private static final Pattern NAME = Pattern.compile("(\\d{1,6})_(.*)");

  private KohyaFolders() {}

  /** The sources of such a folder, in the order of their names; none if it holds none. */
  public static List<DataSource> in(Path parent, DataSource settings) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(parent)) {
      return entries
          .filter(Files::isDirectory)
          .sorted()
          .flatMap(folder -> source(folder, settings).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(parent + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /** A folder as it is: its own pictures if it has some, else those of kohya's folders in it. */
  public static List<DataSource> or(Path folder, DataSource settings) {
    List<DataSource> within = in(folder, settings);
    return within.isEmpty() || holdsPictures(folder)
        ? List.of(settings.at(folder, settings.repeats(), settings.classTokens()))
        : within;
  }

  private static Optional<DataSource> source(Path folder, DataSource settings) {
    Matcher name = NAME.matcher(String.valueOf(folder.getFileName()));
    return name.matches()
        ? Optional.of(settings.at(folder, Integer.parseInt(name.group(1)), name.group(2).strip()))
        : Optional.empty();
  }

  private static boolean holdsPictures(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.anyMatch(PictureFile::named);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be listed: " + e.getMessage(), e);
    }
  }
}
