package dev.lora4j.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which base model to load, and how to compute with it. */
final class ModelOptions {
  /** The types that networks can compute in. */
  enum Compute {
    f32,
    bf16,
    auto
  }

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "Base model, a folder in the layout of diffusers (default: the bundled one).")
  Optional<Path> base = Optional.empty();

  @Option(
      names = "--compute",
      paramLabel = "TYPE",
      description =
          "Compute in ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, which measures once"
              + " which is faster here).",
      defaultValue = "auto")
  Compute compute = Compute.auto;

  /** The folder of the base. */
  Path folder() {
    return base.map(ExistingPath::folder).orElseGet(BundledModel::folder);
  }
}
