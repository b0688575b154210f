package dev.lora4j.studio.dataset;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.studio.thumbnail.Thumbnail;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thumbnails of pictures, made once for each state of a file and kept in the studio. */
final class ThumbnailStore {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.studio.pictures");

  /** Longest side in pixels: what a page shows at twice the density of a plain screen. */
  private static final int SIDE = 256;

  private static final int MOST = 5000;
  private static final int KEPT = 4000;

  private final Path folder;

  ThumbnailStore(Workspace workspace) {
    folder = workspace.folder().resolve("thumbnails");
  }

  /**
   * The thumbnail of a picture.
   *
   * @param stamp of the file, which changes with it
   * @throws dev.lora4j.diffusion.dataset.image.PictureFileException if it is none
   */
  Thumbnail of(Path picture, String stamp) {
    byte[] name = (picture + "\n" + stamp).getBytes(StandardCharsets.UTF_8);
    Path kept = folder.resolve(Digests.hex(name).substring(0, 32));
    try {
      return new Thumbnail(Files.readAllBytes(kept));
    } catch (NoSuchFileException e) {
      // It is made now.
    } catch (IOException e) {
      LOG.debug("{} cannot be read.", kept, e);
    }
    Thumbnail made = Thumbnail.of(PictureFile.read(picture), SIDE);
    try {
      Files.createDirectories(folder);
      // As a whole, but not forced to the disk: one that is lost is made again.
      Path unfinished = Files.createTempFile(folder, ".", ".tmp");
      Files.write(unfinished, made.bytes());
      Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.debug("{} cannot be kept.", kept, e); // it is made again when it is asked for
    }
    return made;
  }

  /** Removes the oldest ones where there are too many. */
  void tidy() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> files = all.toList();
      if (files.size() <= MOST) {
        return;
      }
      List<Path> byAge = files.stream().sorted(Comparator.comparing(ThumbnailStore::time)).toList();
      for (Path old : byAge.subList(0, files.size() - KEPT)) {
        Files.deleteIfExists(old);
      }
    } catch (IOException e) {
      LOG.debug("{} cannot be tidied.", folder, e);
    }
  }

  private static FileTime time(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
