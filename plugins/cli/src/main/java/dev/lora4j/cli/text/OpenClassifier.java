package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.model.TextModelOutline;
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
    Opened<TextClassifier> opened =
        Opened.of(
            console,
            options,
            (lora, path, loading) ->
                TextClassifier.open(
                    lora.engine().scope("text classifier"), path, loading, labels, seed),
            TextClassifier::base);
    return new OpenClassifier(opened.lora(), opened.model());
  }

  /** The same with the classes of the first adapter with a head, else the base's. */
  static OpenClassifier of(Console console, TextModelOptions options, List<LoraOption> loras) {
    loras.forEach(l -> ExistingPath.any(l.file()));
    loras.forEach(l -> requireTexts(l.file()));
    List<String> labels =
        loras.stream()
            .map(l -> AdapterClasses.of(l.file()))
            .filter(l -> !l.isEmpty())
            .findFirst()
            .orElse(List.of());
    if (labels.isEmpty() && TextModelOutline.labels(options.path()).isEmpty()) {
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

  /** Refuses an adapter whose head tells classes of words. */
  static void requireTexts(Path adapter) {
    if (AdapterClasses.ofWords(adapter)) {
      throw new Failure(
          adapter
              + " has a head that tells classes of words, not those of whole texts: give lines with"
              + " {\"tokens\", \"tags\"}, or an adapter of such a head.");
    }
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
