package dev.lora4j.studio.action;

import java.nio.file.Path;

/** Places for what a job makes beside adapters. */
@FunctionalInterface
public interface Outputs {
  /** The place of a file of this name; it need not be there. */
  Path file(String name);

  /**
   * The place of a folder for what a command makes of several files; it need not be there.
   *
   * @param name what it is called where the job has none of its own
   */
  default Path folder(String name) {
    return file(name);
  }
}
