package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.pipeline.LanguageModel;
import java.nio.file.Path;
import java.util.List;

/** A running engine with a language model loaded into it. */
record OpenText(Lora4j lora, LanguageModel model) implements AutoCloseable {
  /** Starts the engine and loads what the options name. */
  static OpenText of(Console console, TextModelOptions options) {
    Opened<LanguageModel> opened =
        Opened.of(console, options, LanguageModel::open, LanguageModel::base);
    return new OpenText(opened.lora(), opened.model());
  }

  /** The same for adapters that will be blended in; refuses those that do not fit before. */
  static OpenText of(Console console, TextModelOptions options, List<LoraOption> loras) {
    options.requireFits(loras.stream().map(LoraOption::file).toList(), 0);
    return of(console, options);
  }

  /** Notes what was loaded, and the time that it took. */
  static void tell(Console console, Path path, long began, Lora4j lora, DType compute) {
    console.note(
        "Loaded "
            + path.toAbsolutePath().normalize().getFileName()
            + " in "
            + Durations.since(began)
            + " ("
            + lora.engine().version()
            + ", "
            + DeviceOption.place(lora.engine())
            + ", computing in "
            + compute
            + ").");
  }

  /** Reads adapters and their weights. */
  MixPlan plan(Console console, List<LoraOption> loras) {
    return LoraOption.plan(console, loras, model.base(), model::loadAdapter);
  }

  @Override
  public void close() {
    model.close();
    lora.close();
  }
}
