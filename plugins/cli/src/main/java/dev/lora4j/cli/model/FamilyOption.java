package dev.lora4j.cli.model;

import dev.lora4j.core.format.Family;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The base that adapters are for, where their files do not name it. */
public final class FamilyOption {
  @Option(
      names = "--base",
      paramLabel = "DIR|FILE|KIND",
      description =
          "The base that the adapters are for: a model folder or a checkpoint, of which only the"
              + " names of layers are read, or a kind by its name, such as sd15, sd21, sdxl, sd3 or"
              + " flux (default: the kind that fits the adapter, or the bundled base).")
  private Optional<String> base = Optional.empty();

  /** Its layers. */
  public Optional<Family> family() {
    return base.map(BaseName::family);
  }
}
