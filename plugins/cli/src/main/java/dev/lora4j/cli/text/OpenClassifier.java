package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.TextClassifier;
import java.nio.file.Path;
import java.util.List;

/** A running engine with a loaded classification model. */
record OpenClassifier(Lora4j lora, TextClassifier model) implements AutoCloseable {
  /**
   * Starts the engine and loads what the options name, with a head for these classes.
   *
   * @param seed of chance, from which a head starts that the base has not got
   */
  static OpenClassifier of(
      Console console, TextModelOptions options, List<String> labels, long seed) {
    Path path = options.path();
    long began = System.nanoTime();
    Lora4j lora = options.where.open(console);
    try {
      DType type = options.type(console, lora.engine());
      TextClassifier model =
          TextClassifier.open(
              lora.engine().scope("text classifier"),
              path,
              options.precision.of(type),
              labels,
              seed);
      OpenText.tell(console, path, began, lora, type);
      model.base().notes().forEach(console::note);
      return new OpenClassifier(lora, model);
    } catch (RuntimeException | Error e) {
      lora.close();
      throw e;
    }
  }

  /** The same with the classes of the first adapter with a head, else the base's. */
  static OpenClassifier of(Console console, TextModelOptions options, List<LoraOption> loras) {
    loras.forEach(l -> ExistingPath.any(l.file()));
    List<String> labels =
        loras.stream()
            .map(l -> AdapterClasses.of(l.file()))
            .filter(l -> !l.isEmpty())
            .findFirst()
            .orElse(List.of());
    if (labels.isEmpty() && TextModel.labels(options.path()).isEmpty()) {
      throw new Failure(
          options.path()
              + " has no head that tells classes apart, and no adapter brings one. Train one: "
              + Invocation.of("text", "train", "--base", options.path().toString(), "--data")
              + " with lines of {\"text\", \"label\"}.");
    }
    if (labels.size() == 1) {
      throw new Failure(
          "The adapter is a reward model, whose head gives one number and tells no classes apart."
              + " Score answers by it: "
              + Invocation.of("text", "score", "--lora", "DIR", "--data")
              + " with lines of {\"prompt\", \"completion\"}.");
    }
    options.requireFits(loras.stream().map(LoraOption::file).toList(), labels.size());
    return of(console, options, labels, 0);
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
