package dev.lora4j.studio.dataset;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.server.http.HttpProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;

/**
 * A folder of pictures.
 *
 * @param folder without symbolic links
 * @param added true for a folder of the user's, false for one below the studio's own
 */
public record PictureSet(String name, Path folder, boolean added) {
  /** Where removed pictures go, in the folder that they were in. */
  static final String REMOVED = ".removed";

  /**
   * A picture of the set by its path within the folder, with slashes.
   *
   * @throws HttpProblem 404 if there is none, or it leads out of the folder
   */
  Path picture(String file) {
    try {
      Path path = folder.resolve(file).normalize();
      boolean inside = path.startsWith(folder) && !hidden(folder.relativize(path));
      if (inside && PictureFile.named(path) && Files.isRegularFile(path) && own(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      // There can be no such file.
    }
    throw new HttpProblem(404, "There is no picture '" + file + "' in " + name + ".");
  }

  private static boolean hidden(Path within) {
    return StreamSupport.stream(within.spliterator(), false)
        .anyMatch(part -> part.toString().startsWith("."));
  }

  /** True if a path leads to a place within the folder, through whatever links. */
  boolean own(Path path) {
    try {
      return path.toRealPath().startsWith(folder);
    } catch (IOException e) {
      return false;
    }
  }

  /** Path of a picture within the folder, with slashes. */
  String file(Path path) {
    return folder.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
  }
}
