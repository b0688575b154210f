package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.util.List;

/** A running engine with a loaded sentence encoder. */
record OpenEncoder(Lora4j lora, SentenceEncoder model) implements AutoCloseable {
  /** Starts the engine and loads what the options name, without adapters. */
  static OpenEncoder of(Console console, TextModelOptions options, PromptOptions prompts) {
    Failure.usage(
        "--base",
        () -> {
          SentenceEncoder.require(options.path());
          return true;
        });
    Opened<SentenceEncoder> opened =
        Opened.of(console, options, SentenceEncoder::open, encoder -> encoder.model().base());
    SentenceEncoder model = opened.model();
    return new OpenEncoder(opened.lora(), model.prompts(prompts.of(model.prompts())));
  }

  /** The same for adapters that will be blended in; refuses those that do not fit before. */
  static OpenEncoder of(
      Console console, TextModelOptions options, PromptOptions prompts, List<LoraOption> loras) {
    options.requireFitsEncoder(loras.stream().map(LoraOption::file).toList());
    return of(console, options, prompts);
  }

  /** Reads adapters and their weights. */
  MixPlan plan(Console console, List<LoraOption> loras) {
    return LoraOption.plan(console, loras, model.model().base(), model.model()::loadAdapter);
  }

  @Override
  public void close() {
    model.close();
    lora.close();
  }
}
