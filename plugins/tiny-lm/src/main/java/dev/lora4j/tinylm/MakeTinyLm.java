package dev.lora4j.tinylm;

import dev.lora4j.core.model.BundleIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Copies what comes with tiny-lm into the module's resources; see docs/tiny-lm.md.
 *
 * <pre>
 * MakeTinyLm WORK RESOURCES
 * </pre>
 */
public final class MakeTinyLm {
  private MakeTinyLm() {}

  /** Copies the folders base, novel and unseen of WORK. */
  public static void main(String[] arguments) throws IOException {
    BundleIndex.write(
        Path.of(arguments[0]), List.of("base", "novel", "unseen"), Path.of(arguments[1]));
  }
}
