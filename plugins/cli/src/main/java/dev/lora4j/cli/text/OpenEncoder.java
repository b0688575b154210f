package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.nio.file.Path;
import java.util.List;

/** A running engine with a loaded sentence encoder. */
record OpenEncoder(Lora4j lora, SentenceEncoder model) implements AutoCloseable {
  /** Starts the engine and loads what the options name, without adapters. */
  static OpenEncoder of(Console console, TextModelOptions options, PromptOptions prompts) {
    Path path = options.path();
    Failure.usage(
        "--base",
        () -> {
          SentenceEncoder.require(path);
          return true;
        });
    long began = System.nanoTime();
    Lora4j lora = options.where.open(console);
    try {
      DType type = options.type(console, lora.engine());
      SentenceEncoder model = SentenceEncoder.open(lora, path, options.precision.of(type));
      OpenText.tell(console, path, began, lora, type);
      model.model().base().notes().forEach(console::note);
      return new OpenEncoder(lora, model.prompts(prompts.of(model.prompts())));
    } catch (RuntimeException | Error e) {
      lora.close();
      throw e;
    }
  }

  /** The same for adapters that will be blended in; refuses those that do not fit before. */
  static OpenEncoder of(
      Console console, TextModelOptions options, PromptOptions prompts, List<LoraOption> loras) {
    options.requireFits(loras.stream().map(LoraOption::file).toList(), 0);
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
