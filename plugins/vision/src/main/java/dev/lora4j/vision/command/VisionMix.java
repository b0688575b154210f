package dev.lora4j.vision.command;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.vision.VisionModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Adapters on the command line, read for a model. */
final class VisionMix {
  private VisionMix() {}

  /** Reads them, and notes what is odd about them. */
  static MixPlan of(Console console, List<LoraOption> loras, VisionModel model) {
    return LoraOption.plan(console, loras, base(model), model::loadAdapter);
  }

  /** Their files. */
  static List<Path> files(List<LoraOption> loras) {
    return loras.stream().map(LoraOption::file).toList();
  }

  /** The model, for notes about adapters that depend on it. */
  static UsageBaseModel base(VisionModel model) {
    return new UsageBaseModel(
        String.valueOf(model.path().toAbsolutePath().normalize().getFileName()),
        () -> Optional.of(model.hash()),
        model.precision().quantisation());
  }
}
