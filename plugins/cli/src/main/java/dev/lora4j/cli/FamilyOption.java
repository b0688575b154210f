package dev.lora4j.cli;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The base that adapters are for, where their files do not tell. */
final class FamilyOption {
  @Option(
      names = "--base",
      paramLabel = "DIR|FILE",
      description =
          "The base that the adapters are for: a model folder or a checkpoint, of which only the"
              + " names of layers are read (default: told from the adapter's keys).")
  private Optional<Path> base = Optional.empty();

  /** Its layers. */
  Optional<Family> family() {
    return base.map(ExistingPath::any)
        .map(
            path -> {
              try (Checkpoint opened = Checkpoint.open(path)) {
                return opened.base();
              }
            });
  }
}
