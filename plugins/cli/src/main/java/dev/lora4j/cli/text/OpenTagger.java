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
import dev.lora4j.text.pipeline.TokenClassifier;
import java.util.List;

/** A running engine with a loaded model that tells classes of words. */
record OpenTagger(Lora4j lora, TokenClassifier model) implements AutoCloseable {
  /** True if one of these adapters, or without one with a head the base, tells classes of words. */
  static boolean wanted(TextModelOptions options, List<LoraOption> loras) {
    loras.forEach(l -> ExistingPath.any(l.file()));
    return loras.stream().map(LoraOption::file).anyMatch(AdapterClasses::ofWords)
        || (loras.stream().allMatch(l -> AdapterClasses.of(l.file()).isEmpty())
            && !TextModelOutline.tags(options.path()).isEmpty());
  }

  /**
   * Starts the engine and loads what the options name, with a head for these classes.
   *
   * @param seed of chance, from which a head starts that the base has not got
   */
  static OpenTagger of(Console console, TextModelOptions options, List<String> tags, long seed) {
    Opened<TokenClassifier> opened =
        Opened.of(
            console,
            options,
            (lora, path, loading) ->
                TokenClassifier.open(
                    lora.engine().scope("token classifier"), path, loading, tags, seed),
            TokenClassifier::base);
    return new OpenTagger(opened.lora(), opened.model());
  }

  /** The same with the classes of the first adapter with a head, else the base's. */
  static OpenTagger of(Console console, TextModelOptions options, List<LoraOption> loras) {
    List<String> tags =
        loras.stream()
            .map(LoraOption::file)
            .filter(AdapterClasses::ofWords)
            .map(AdapterClasses::of)
            .findFirst()
            .orElseGet(() -> TextModelOutline.tags(options.path()));
    if (tags.isEmpty()) {
      throw new Failure(
          options.path()
              + " has no head that tells classes of words, and no adapter brings one. Train one: "
              + Invocation.of("text", "train", "--base", options.path().toString(), "--data")
              + " with lines of {\"tokens\", \"tags\"}.");
    }
    options.requireFitsWords(loras.stream().map(LoraOption::file).toList(), tags.size());
    return of(console, options, tags, 0);
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
