package dev.lora4j.cli.text;

import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.model.TextModel;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of the length of texts that are trained on. */
final class TextLengthOptions {
  @Option(
      names = "--max-length",
      paramLabel = "N",
      description =
          "Longest text in tokens; longer ones are cut, pairs of a reward model left out (default: what"
              + " the model reads, at most 1024).")
  private Optional<Integer> longest = Optional.empty();

  @Option(
      names = "--pack",
      description = "Join plain texts and cut them into blocks of --max-length.")
  private boolean pack;

  /** Tokens of the longest text, if there is a limit. */
  Optional<Integer> longest() {
    return longest;
  }

  /**
   * Limits before there is a model.
   *
   * @throws IllegalArgumentException if nothing could be learned in them
   */
  SequenceLimits limits() {
    return new SequenceLimits(longest.orElse(Integer.MAX_VALUE), SequenceLimits.Longer.CUT, pack);
  }

  /** Limits for a model. */
  SequenceLimits limits(TextModel base) {
    int most = TextModelOptions.length(base, longest);
    return new SequenceLimits(most, SequenceLimits.Longer.CUT, pack);
  }
}
