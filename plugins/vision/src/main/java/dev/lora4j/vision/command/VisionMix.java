package dev.lora4j.vision.command;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.ReadOptions;
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
    MixPlan plan = MixPlan.NONE;
    for (LoraOption lora : loras) {
      LoadedAdapter loaded = model.loadAdapter(lora.file(), ReadOptions.STRICT);
      base(model).tell(console, lora.file(), loaded);
      plan = plan.with(lora.used(loaded.adapter()), lora.weight());
    }
    return LoraOption.ordered(plan);
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
