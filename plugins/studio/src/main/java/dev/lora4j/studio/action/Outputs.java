package dev.lora4j.studio.action;

import java.nio.file.Path;

/** Places for what a job makes beside adapters. */
@FunctionalInterface
public interface Outputs {
  /** The place of a file of this name; it need not be there. */
  Path file(String name);
}
