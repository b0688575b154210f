package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.archive.ArchiveException;
import dev.lora4j.diffusion.dataset.archive.Shards;
import dev.lora4j.diffusion.dataset.archive.UnpackListener;
import dev.lora4j.diffusion.dataset.archive.UnpackedFolder;
import dev.lora4j.diffusion.dataset.archive.UnpackedFolders;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import dev.lora4j.diffusion.dataset.source.CaptionList;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.spi.Plugin;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts folders of pictures in the place of sources that name archives. */
final class ArchivedSources {
  /** How captions that were unpacked end. */
  private static final String CAPTIONS = ".txt";

  private final UnpackedFolders folders;
  private final UnpackListener listener;
  private final List<DataProblem> problems;

  ArchivedSources(UnpackedFolders folders, UnpackListener listener, List<DataProblem> problems) {
    this.folders = folders;
    this.listener = listener;
    this.problems = problems;
  }

  /** A group with folders alone; an archive that cannot be used is left out, and reported. */
  DataGroup unpacked(DataGroup group) {
    List<DataSource> sources = new ArrayList<>();
    boolean columned = false;
    for (DataSource source : group.sources()) {
      try {
        Optional<Shards> shards = shards(source);
        sources.add(shards.isEmpty() ? source : unpacked(source, shards.get()));
        columned |= shards.isPresent() && shards.get().archive().columned();
      } catch (ArchiveException e) {
        problems.add(DataProblem.error(source.folder(), e.sentence()));
      } catch (IOException e) {
        problems.add(
            DataProblem.error(source.folder(), "cannot be unpacked (" + e.getMessage() + ")."));
      } catch (RuntimeException | Error e) {
        Plugin.throwIfEnding(e);
        problems.add(DataProblem.error(source.folder(), "cannot be unpacked: " + reason(e)));
      }
    }
    if (!columned) {
      refuseColumns(sources);
    }
    return new DataGroup(
        group.bucketing(), group.batch(), group.validationSeed(), sources, group.notes());
  }

  private static String reason(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private Optional<Shards> shards(DataSource source) throws IOException {
    // A list that is named elsewhere may be that of the archives' pictures.
    boolean listed = source.captionList().isEmpty() && CaptionList.of(source).isPresent();
    Optional<Shards> shards = Shards.of(source.folder(), listed);
    if (shards.isEmpty() && Files.isDirectory(source.folder())) {
      long beside = Shards.count(source.folder());
      if (beside > 0) {
        problems.add(
            DataProblem.warning(
                source.folder(),
                "has "
                    + beside
                    + (beside == 1 ? " archive" : " archives")
                    + " beside its pictures, which are not read; put them into a folder of their"
                    + " own."));
      }
    }
    return shards;
  }

  private DataSource unpacked(DataSource source, Shards shards) throws IOException {
    ArchiveColumns columns = shards.archive().columned() ? source.columns() : ArchiveColumns.FOUND;
    UnpackedFolder folder = folders.of(shards, columns, listener);
    shards.notes().forEach(note -> problems.add(DataProblem.warning(shards.from(), note)));
    folder.notes().forEach(note -> problems.add(DataProblem.warning(shards.from(), note)));
    if (!source.captionExtension().equals(CAPTIONS)) {
      problems.add(
          DataProblem.warning(
              shards.from(),
              "has captions of its own, for which caption_extension = "
                  + source.captionExtension()
                  + " means nothing."));
    }
    return source
        .captionExtension(CAPTIONS)
        .at(folder.folder(), source.repeats(), source.classTokens());
  }

  private void refuseColumns(List<DataSource> sources) {
    sources.stream()
        .filter(source -> source.columns().chosen())
        .findFirst()
        .ifPresent(
            source ->
                problems.add(
                    DataProblem.error(
                        source.folder(),
                        "has no columns, as Parquet files have; remove image_column and"
                            + " caption_column.")));
  }
}
