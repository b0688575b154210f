package dev.lora4j.cli.text;

import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.text.encode.SentencePrompts;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of the prompts before texts of a sentence encoder. */
final class PromptOptions {
  private static final List<String> NAMES = List.of("--query-prompt", "--document-prompt");

  @Option(
      names = "--query-prompt",
      paramLabel = "TEXT",
      description =
          "Put this before each text that is searched for, as in 'query: ' (default: what the base's"
              + " config_sentence_transformers.json says).")
  private Optional<String> query = Optional.empty();

  @Option(
      names = "--document-prompt",
      paramLabel = "TEXT",
      description =
          "Put this before each text that is found, as in 'passage: ' (default: what the base's"
              + " config_sentence_transformers.json says).")
  private Optional<String> document = Optional.empty();

  /** Refuses them where nothing is searched for. */
  static void refuse(CommandSpec spec, String why) {
    UnusedOptions.refuse(spec, NAMES, why);
  }

  /** Prompts of a model, with those that the options name in their places. */
  SentencePrompts of(SentencePrompts model) {
    return new SentencePrompts(
        model.plain(), query.orElse(model.query()), document.orElse(model.document()));
  }
}
