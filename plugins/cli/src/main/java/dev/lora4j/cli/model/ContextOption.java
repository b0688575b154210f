package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.text.model.TextLoadOptions;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Choice of the longest sequence that a language model is to read. */
public final class ContextOption {
  @Option(
      names = "--context",
      paramLabel = "N",
      description =
          "Tokens of the longest text that a model with longrope is to read (Phi-3 and others)."
              + " Beyond the length of its first training it takes its long factors, for shorter"
              + " texts too (default: that length).")
  private Optional<Integer> tokens = Optional.empty();

  /**
   * Options with the context, if one was given.
   *
   * @throws Failure if no text is so short
   */
  public TextLoadOptions of(TextLoadOptions plain) {
    return Failure.usage("--context", () -> tokens.map(plain::withContext).orElse(plain));
  }
}
