package dev.lora4j.cli.text;

import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.text.generate.SamplingSettings;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of what a model writes while it is trained. */
final class WritingOptions {
  /** Names of all of them, without dashes. */
  static final List<String> NAMES =
      List.of(
          "max-new-tokens",
          "temperature",
          "top-k",
          "top-p",
          "min-p",
          "mask-truncated",
          "show-every");

  /** Names of those that nothing but what is written depends on. */
  static final List<String> MANNER =
      List.of("max-new-tokens", "top-k", "top-p", "min-p", "mask-truncated");

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The most tokens of a completion (default: 256).")
  private Optional<Integer> tokens = Optional.empty();

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "How daring completions are (default: 1).")
  private Optional<Double> temperature = Optional.empty();

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Choose among so many of the likeliest tokens; 0 for all (default: 0).")
  private Optional<Integer> topK = Optional.empty();

  @Option(
      names = "--top-p",
      paramLabel = "X",
      description =
          "Choose among the likeliest tokens that together have this probability (default: 1).")
  private Optional<Double> topP = Optional.empty();

  @Option(
      names = "--min-p",
      paramLabel = "X",
      description =
          "Leave out tokens with less than this share of the likeliest one's probability (default:"
              + " 0).")
  private Optional<Double> minP = Optional.empty();

  @Option(
      names = "--mask-truncated",
      description = "Do not learn completions that are cut at --max-new-tokens.")
  private boolean maskCut;

  @Option(
      names = "--show-every",
      paramLabel = "N",
      description =
          "Show the best and the worst completion of a prompt every N steps; 0 for never (default:"
              + " 20).")
  private Optional<Integer> showEvery = Optional.empty();

  /** Refuses all of them for a method in which the model writes nothing. */
  void refuse(CommandSpec spec, AlignmentMethod method) {
    UnusedOptions.refuse(
        spec,
        NAMES.stream().map(name -> "--" + name).toList(),
        method
            + ", which "
            + method.kind()
            + "; take grpo, rloo or ppo for rewards, distill for a teacher");
  }

  /** Refuses options that a method has no use for in which the model writes itself. */
  void refuseOthers(CommandSpec spec, AlignmentMethod method) {
    UnusedOptions.refuse(
        spec,
        List.of("--precompute-reference"),
        method + ", whose completions are others in each step");
    UnusedOptions.refuse(spec, List.of("--keep-best"), method + ", which has no validation loss");
  }

  /** Refuses a limit for texts where there are only prompts. */
  static void refuseLength(CommandSpec spec, AlignmentMethod method) {
    UnusedOptions.refuse(
        spec,
        List.of("--max-length"),
        method + ", as prompts are not cut; --max-new-tokens limits what is written");
  }

  /** The most tokens of a completion. */
  int tokens() {
    return tokens.orElse(256);
  }

  SamplingSettings sampling() {
    return new SamplingSettings(
        1, temperature.orElse(1.0), topK.orElse(0), topP.orElse(1.0), minP.orElse(0.0));
  }

  /** True if completions that are cut are not learned. */
  boolean maskCut() {
    return maskCut;
  }

  /** Steps between completions that are shown; 0 for never. */
  int showEvery() {
    return showEvery.orElse(20);
  }
}
