package dev.lora4j.core.bake;

import java.io.IOException;
import java.nio.file.Path;

/** A way to write a base's files once more. */
interface WrittenFiles {
  /** Bytes that they will take. */
  long bytes();

  /** Writes a file of the base. */
  void write(Path from, Path to) throws IOException;

  /** Tensors of the files that changed. */
  long changed();

  /** Tensors whose numbers are in another type. */
  long converted();
}
