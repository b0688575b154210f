package dev.lora4j.studio.library;

import dev.lora4j.cli.file.SuffixedFile;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.library.UnknownAdapterException;
import dev.lora4j.studio.workspace.FileName;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where adapters lie, by the names that pages call them. A studio is one room for all who may enter
 * it, so that these are the adapters which all tenants may use.
 */
public final class AdapterPlaces {
  private static final String ENDING = ".safetensors";
  private static final int DIGITS = 32;

  private final AdapterLibrary library;
  private final Workspace workspace;
  private final Runnable look;

  /**
   * The places of a library's adapters.
   *
   * @param look has the library look for what came into its folders
   */
  AdapterPlaces(AdapterLibrary library, Workspace workspace, Runnable look) {
    this.library = library;
    this.workspace = workspace;
    this.look = look;
  }

  /**
   * The adapter of a name, also one that was made a moment ago.
   *
   * @throws UnknownAdapterException if there is none
   */
  AdapterFile find(String name) {
    try {
      return library.find(Tenant.SHARED, name);
    } catch (UnknownAdapterException e) {
      look.run();
      return library.find(Tenant.SHARED, name);
    }
  }

  /**
   * The adapter of a name, one of a run by its whole name too.
   *
   * @param field of the request, for messages
   * @throws FieldException if there is none
   */
  public AdapterFile require(String field, String name) {
    try {
      return find(name);
    } catch (UnknownAdapterException e) {
      throw new FieldException(field, field + ": " + e.getMessage());
    }
  }

  /** An adapter as command lines name it. */
  public String shown(AdapterFile file) {
    return workspace.shown(file.path());
  }

  /**
   * An adapter with its weight as command lines name it, {@code ink.safetensors:0.7}.
   *
   * @param field of the request, for messages
   * @param weight empty for 1
   * @throws FieldException if the two would be read otherwise
   */
  public String weighted(String field, AdapterFile file, String weight) {
    String shown = shown(file);
    String word = weight.isEmpty() ? shown : shown + ":" + weight;
    // A name with a colon in it may be read as a shorter one with a weight.
    SuffixedFile read = SuffixedFile.of(word);
    if (!read.file().equals(Path.of(shown)) || !read.suffix().orElse("").equals(weight)) {
      throw new FieldException(
          field,
          "A command line cannot name "
              + shown
              + ", as what follows its colon looks like a weight. Rename the file.");
    }
    return word;
  }

  /**
   * The place of an adapter that is to be made.
   *
   * @param field of the request, for messages
   * @param folder true if its layout is a folder
   * @param overwrite true if it may take the place of another
   * @throws FieldException if no file can be called so, or there is one
   */
  public String made(String field, String name, boolean folder, boolean overwrite) {
    FileName.require(field, name);
    Path file = workspace.newAdapters().resolve(folder ? name : name + ENDING);
    if (Files.exists(file) && !overwrite) {
      throw new FieldException(
          field,
          "There is an adapter "
              + name
              + " already. Choose another name"
              + (folder ? "." : ", or allow it to be overwritten."));
    }
    return workspace.shown(file);
  }

  /** The path beside an adapter that what belongs to it begins with: its own without the ending. */
  static Path stem(AdapterFile file) {
    String name = String.valueOf(file.path().getFileName());
    return name.endsWith(ENDING)
        ? file.path().resolveSibling(name.substring(0, name.length() - ENDING.length()))
        : file.path();
  }

  /** Returns true if files may be written beside an adapter: it lies in a folder of the user's. */
  boolean own(AdapterFile file) {
    return workspace.adapters().stream().anyMatch(folder -> within(folder, file))
        && Files.isWritable(file.path().resolveSibling(".").normalize());
  }

  private static boolean within(Path folder, AdapterFile file) {
    try {
      return file.real().startsWith(folder.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  /** A place in the studio's folder for what cannot lie beside an adapter. */
  Path kept(AdapterFile file, String ending) {
    String name = Digests.hex(file.key().name().getBytes(StandardCharsets.UTF_8));
    return workspace.previews().resolve(name.substring(0, DIGITS) + ending);
  }
}
