package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.source.DataGroup.Note;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Folders whose names have the repeats and the class tokens of their pictures, side by side in one:
 * {@code 10_sks dog}, as kohya's {@code train_data_dir} and {@code reg_data_dir} expect.
 */
public final class KohyaFolders {
  /** A longer number is a date. */
  private static final Pattern NAME = Pattern.compile("(\\d{1,6})(?:_(.*))?");

  /** Nobody shows a picture so often in an epoch; years are as large. */
  private static final int MANY = 1000;

  private KohyaFolders() {}

  /**
   * The sources of such a folder, in the order of their names; none if it holds none.
   *
   * @param notes receives other folders in it that hold pictures
   */
  public static List<DataSource> in(Path parent, DataSource settings, Consumer<Note> notes) {
    List<DataSource> sources = new ArrayList<>();
    for (Path folder : folders(parent)) {
      Matcher name = NAME.matcher(String.valueOf(folder.getFileName()));
      int repeats = name.matches() ? Integer.parseInt(name.group(1)) : 0;
      if (repeats > 0) {
        String tokens = name.group(2) == null ? settings.classTokens() : name.group(2).strip();
        sources.add(settings.at(folder, repeats, tokens));
        if (repeats >= MANY) {
          notes.accept(
              new Note(folder, "is shown " + repeats + " times in an epoch, as its name says."));
        }
      } else if (holdsPictures(folder)) {
        notes.accept(
            new Note(
                folder,
                "is left out: its name does not begin with a number of repeats, as '10_name class'"
                    + " does."));
      }
    }
    return sources;
  }

  /**
   * A folder as it is: its own pictures if it has some, else those of kohya's folders in it.
   *
   * @param notes receives folders in it that are left out
   */
  public static List<DataSource> or(Path folder, DataSource settings, Consumer<Note> notes) {
    boolean own = holdsPictures(folder);
    List<Note> told = new ArrayList<>();
    List<DataSource> within = own ? List.of() : in(folder, settings, told::add);
    if (own) {
      folders(folder).stream()
          .filter(KohyaFolders::holdsPictures)
          .map(f -> new Note(f, "is left out: the folder it is in has pictures itself."))
          .forEach(told::add);
    }
    DataSource itself = settings.at(folder, settings.repeats(), settings.classTokens());
    boolean taken = !within.isEmpty();
    if (taken || CaptionList.of(itself).isEmpty()) {
      // Else folders within may be those that the list names.
      told.forEach(notes);
    }
    return taken ? within : List.of(itself);
  }

  private static List<Path> folders(Path parent) {
    return listed(parent).stream()
        .filter(Files::isDirectory)
        .filter(folder -> !String.valueOf(folder.getFileName()).startsWith("."))
        .toList();
  }

  private static boolean holdsPictures(Path folder) {
    return listed(folder).stream().anyMatch(PictureFile::named);
  }

  /** Entries of a folder; none where there is no folder, which the survey reports. */
  private static List<Path> listed(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be listed: " + e.getMessage(), e);
    }
  }
}
