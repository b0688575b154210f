package dev.lora4j.studio.action;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.studio.workspace.FileName;
import dev.lora4j.studio.workspace.Workspace;
import java.nio.file.Path;
import java.util.List;

/** Adapters by their names in the library, as paths of command lines. */
public final class AdapterArguments {
  private static final String ENDING = ".safetensors";
  private static final String RUN = ".run";

  private final Workspace workspace;
  private final AdapterLibrary library;

  /** Names in a library, and in the folder that takes new adapters. */
  public AdapterArguments(Workspace workspace, AdapterLibrary library) {
    this.workspace = workspace;
    this.library = library;
  }

  /**
   * The file or folder of an adapter that is there.
   *
   * @throws dev.lora4j.server.library.UnknownAdapterException if there is none of this name
   */
  public AdapterFile find(String name) {
    if (!library.has(Tenant.SHARED, name)) {
      library.refresh(); // it may have been made since the folders were looked through
    }
    return library.find(Tenant.SHARED, name);
  }

  /**
   * Path of an adapter that is there, as it stands in command lines.
   *
   * @throws dev.lora4j.server.library.UnknownAdapterException if there is none of this name
   */
  public String path(String name) {
    return workspace.shown(find(name).path());
  }

  /**
   * Name of an adapter that is to be made, without the ending of its file. Parts between slashes
   * are folders.
   *
   * @param field of the request, for messages
   * @throws FieldException if no file can have it
   */
  public static String requireNew(String field, String asked) {
    String name =
        asked.endsWith(ENDING) ? asked.substring(0, asked.length() - ENDING.length()) : asked;
    List<String> parts = List.of(name.split("/", -1));
    parts.forEach(part -> FileName.require(field, part));
    if (parts.stream().anyMatch(part -> part.endsWith(RUN))) {
      throw new FieldException(
          field, field + " must not end with " + RUN + ", as folders of trainings do.");
    }
    if (parts.size() > 1 && parts.get(0).equals(LibraryFolders.TENANTS)) {
      throw new FieldException(
          field,
          field + " must not begin with " + LibraryFolders.TENANTS + "/, which is for clients.");
    }
    return name;
  }

  /** The place of a new adapter's file. */
  public Path file(String name) {
    return workspace.newAdapters().resolve(name + ENDING);
  }

  /** The place of a new adapter that is a folder. */
  public Path folder(String name) {
    return workspace.newAdapters().resolve(name);
  }

  /** The folder in which a training of an adapter keeps what it needs to go on. */
  public Path run(String name) {
    return workspace.newAdapters().resolve(name + RUN);
  }
}
