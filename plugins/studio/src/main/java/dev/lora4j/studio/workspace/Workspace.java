package dev.lora4j.studio.workspace;

import java.nio.file.Path;
import java.util.List;

/**
 * The folders of a studio. All state is in their files: whoever reads them sees what the page
 * shows.
 *
 * @param folder what the page keeps
 * @param adapters folders of adapters, the first of which takes those that are made
 * @param start the folder in which the program was started; command lines are relative to it
 */
public record Workspace(Path folder, List<Path> adapters, Path start) {
  /** Makes the paths absolute. */
  public Workspace {
    start = start.toAbsolutePath().normalize();
    folder = start.resolve(folder).normalize();
    Path from = start;
    adapters = adapters.stream().map(path -> from.resolve(path).normalize()).toList();
    if (adapters.isEmpty()) {
      throw new IllegalArgumentException("A studio needs a folder of adapters.");
    }
  }

  /** Data sets: a folder each. */
  public Path pictures() {
    return folder.resolve("pictures");
  }

  /** Blends with names: a JSON file each. */
  public Path recipes() {
    return folder.resolve("recipes");
  }

  /** Painted masks: a PNG file each. */
  public Path regions() {
    return folder.resolve("regions");
  }

  /** Command lines, waiting, running and ended: a folder each. */
  public Path jobs() {
    return folder.resolve("jobs");
  }

  /** Preview pictures of adapters that have none beside them. */
  public Path previews() {
    return folder.resolve("previews");
  }

  /** The folder that takes new adapters. */
  public Path newAdapters() {
    return adapters.get(0);
  }

  /** A path as it stands in command lines: relative where it lies below the start. */
  public String shown(Path path) {
    Path absolute = start.resolve(path).normalize();
    return absolute.startsWith(start) && !absolute.equals(start)
        ? start.relativize(absolute).toString()
        : absolute.toString();
  }
}
