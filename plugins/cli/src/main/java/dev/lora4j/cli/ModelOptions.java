package dev.lora4j.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which base model to load, and how to compute with it. */
final class ModelOptions {
  /** The types that networks can compute in. */
  enum Compute {
    f32,
    bf16,
    f16,
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
              + " whether f32 or bf16 is faster here); f16 is for cards alone.",
      defaultValue = "auto")
  Compute compute = Compute.auto;

  @Mixin final DeviceOption where = new DeviceOption();

  /** The folder of the base. */
  Path folder() {
    return base.map(ExistingPath::folder).orElseGet(BundledModel::folder);
  }
}
