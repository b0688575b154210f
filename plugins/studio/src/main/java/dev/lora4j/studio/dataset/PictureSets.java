package dev.lora4j.studio.dataset;

import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.studio.workspace.FileName;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The data sets of a studio by name: folders below its own, and folders of the user's that were
 * added, which stay where they are.
 */
public final class PictureSets {
  private static final String FIELD = "set";

  private final Workspace workspace;
  private final AddedFolders added;

  /** The sets of a workspace. */
  public PictureSets(Workspace workspace) {
    this.workspace = workspace;
    this.added = new AddedFolders(workspace);
  }

  /**
   * All sets by name, as they are on disk now.
   *
   * @throws IOException if the folder cannot be read
   */
  public Map<String, PictureSet> all() throws IOException {
    Map<String, PictureSet> sets = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    added.all().forEach((name, folder) -> sets.put(name, new PictureSet(name, folder, true)));
    Path own = workspace.pictures();
    if (Files.isDirectory(own)) {
      Path real = own.toRealPath();
      try (Stream<Path> folders = Files.list(real)) {
        folders
            .filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
            .filter(folder -> !folder.getFileName().toString().startsWith("."))
            .forEach(
                folder -> {
                  String name = folder.getFileName().toString();
                  sets.put(name, new PictureSet(name, folder, false));
                });
      }
    }
    return sets;
  }

  /**
   * The set of a name.
   *
   * @throws HttpProblem 404 if there is none
   * @throws IOException if the folder cannot be read
   */
  public PictureSet require(String name) throws IOException {
    Map<String, PictureSet> all = all();
    return Optional.ofNullable(all.get(name))
        .orElseThrow(
            () ->
                new HttpProblem(
                    404,
                    "There is no set of pictures '"
                        + name
                        + "'; there are "
                        + (all.isEmpty() ? "none yet" : String.join(", ", all.keySet()))
                        + "."));
  }

  /**
   * Makes an empty set.
   *
   * @throws FieldException if there can be none of this name
   * @throws HttpProblem 409 if there is one
   * @throws IOException if the folder cannot be made
   */
  public synchronized PictureSet create(String name) throws IOException {
    requireNew(name);
    Files.createDirectories(workspace.pictures());
    Path folder = workspace.pictures().toRealPath().resolve(name);
    Files.createDirectory(folder);
    return new PictureSet(name, folder, false);
  }

  /**
   * Adds a folder that is there, from the directory in which the studio was started or below it.
   *
   * @throws FieldException if it is none such
   * @throws HttpProblem 409 if there is a set of this name
   * @throws IOException if that cannot be kept
   */
  public synchronized PictureSet add(String name, String folder) throws IOException {
    requireNew(name);
    Path path;
    try {
      path = workspace.start().resolve(folder).toRealPath();
    } catch (InvalidPathException | IOException e) {
      throw new FieldException("folder", "There is no folder " + folder + ".");
    }
    if (!Files.isDirectory(path) || !added.allowed(path)) {
      throw new FieldException(
          "folder",
          folder
              + " must be a folder within "
              + workspace.start()
              + ", where the studio was started. Start the studio in a folder that holds it, or"
              + " copy the pictures.");
    }
    added.add(name, path);
    return new PictureSet(name, path, true);
  }

  private void requireNew(String name) throws IOException {
    FileName.require(FIELD, name);
    if (all().containsKey(name)) {
      throw new HttpProblem(
          409, "There is a set '" + name + "' already. Choose it, or use another name.");
    }
  }
}
