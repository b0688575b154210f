package dev.lora4j.studio.run;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.studio.workspace.FileName;
import dev.lora4j.studio.workspace.Workspace;
import java.nio.file.Path;
import java.util.List;

/**
 * An adapter that a training makes.
 *
 * @param name in the library; parts between slashes are folders
 * @param file its place if it is a file
 * @param folder its place if it is a folder
 * @param run the folder of its training
 */
record NewAdapter(String name, Path file, Path folder, Path run) {
  /** The field of requests that has its name. */
  static final String FIELD = "output";

  private static final String ENDING = ".safetensors";

  /** The adapter of a name, in the folder that takes new ones. */
  static NewAdapter of(Workspace workspace, String name) {
    Path place = workspace.newAdapters();
    return new NewAdapter(
        name,
        place.resolve(name + ENDING),
        place.resolve(name),
        place.resolve(name + RunFiles.ENDING));
  }

  /**
   * The adapter that a request names.
   *
   * @throws FieldException if no file can be called so
   */
  static NewAdapter of(Workspace workspace, JsonFields request) {
    return of(workspace, checked(request.path(FIELD), request.requiredText(FIELD)));
  }

  /** A name without the ending of the file, which people write too. */
  static String checked(String field, String asked) {
    String name =
        asked.endsWith(ENDING) ? asked.substring(0, asked.length() - ENDING.length()) : asked;
    List<String> parts = List.of(name.split("/", -1));
    parts.forEach(part -> FileName.require(field, part));
    if (parts.stream().anyMatch(part -> part.endsWith(RunFiles.ENDING))) {
      throw new FieldException(
          field, field + " must not end with " + RunFiles.ENDING + ", as folders of trainings do.");
    }
    if (parts.size() > 1 && parts.get(0).equals(LibraryFolders.TENANTS)) {
      throw new FieldException(
          field,
          field + " must not begin with " + LibraryFolders.TENANTS + "/, which is for clients.");
    }
    return name;
  }
}
