package dev.lora4j.studio.dataset;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.source.CaptionList;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.dataset.source.KohyaFolders;
import dev.lora4j.diffusion.dataset.source.ListedPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Picture files of a set, found as {@code train} finds them: in the folder, or in kohya's folders
 * in it, and those that a list of captions names.
 *
 * @param pictures by the part of the set that they belong to
 * @param notes about folders that are left out, a sentence each
 */
record SetContent(Map<DataSource, List<Path>> pictures, List<String> notes) {
  /**
   * Looks for them.
   *
   * @throws IOException if a folder cannot be listed
   */
  static SetContent of(PictureSet set) throws IOException {
    List<String> notes = new ArrayList<>();
    Map<DataSource, List<Path>> found = new LinkedHashMap<>();
    try {
      List<DataSource> sources =
          KohyaFolders.or(
              set.folder(),
              DataSource.of(set.folder()),
              note -> notes.add(set.file(note.file()) + " " + note.sentence()));
      for (DataSource source : sources) {
        found.put(source, pictures(source));
      }
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
    return new SetContent(found, notes);
  }

  private static List<Path> pictures(DataSource source) throws IOException {
    Set<Path> all = new LinkedHashSet<>();
    try (Stream<Path> entries = Files.list(source.folder())) {
      entries.filter(PictureFile::named).filter(Files::isRegularFile).sorted().forEach(all::add);
    }
    CaptionList.of(source)
        .ifPresent(
            file -> {
              CaptionList list = CaptionList.read(file, source.captions().separator());
              all.addAll(new ListedPaths(source, file, list.byPath().keySet()).pictures());
            });
    return List.copyOf(all);
  }

  /** Number of pictures. */
  int count() {
    return pictures.values().stream().mapToInt(List::size).sum();
  }

  /** True if the pictures are in folders of their own within the set's folder. */
  boolean within(PictureSet set) {
    return pictures.keySet().stream().noneMatch(source -> source.folder().equals(set.folder()));
  }
}
