package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.text.align.ValueObjective;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of a value head, which says what reward is to be expected. */
final class ValueOptions {
  /** Names of all of them, without dashes. */
  static final List<String> NAMES = List.of("gamma", "lambda", "value-clip", "value-coef");

  @Option(
      names = "--gamma",
      paramLabel = "X",
      description = "What a reward is worth one token earlier, from 0 to 1 (default: 1).")
  private Optional<Double> gamma = Optional.empty();

  @Option(
      names = "--lambda",
      paramLabel = "X",
      description =
          "From 0, where the head alone judges a token, to 1, where what came does (default: 0.95).")
  private Optional<Double> lambda = Optional.empty();

  @Option(
      names = "--value-clip",
      paramLabel = "X",
      description =
          "How far from what it was a value counts while the same completions are learned (default:"
              + " 0.2).")
  private Optional<Double> clip = Optional.empty();

  @Option(
      names = "--value-coef",
      paramLabel = "X",
      description = "Weight of the loss of the values beside that of the policy (default: 0.1).")
  private Optional<Double> coefficient = Optional.empty();

  /** Refuses all of them for a method that has no value head. */
  void refuse(CommandSpec spec, AlignmentMethod method) {
    UnusedOptions.refuse(
        spec,
        NAMES.stream().map(name -> "--" + name).toList(),
        method + ", which has no value head; take ppo");
  }

  /**
   * The use of the head.
   *
   * @throws Failure as a mistake in the command line
   */
  ValueObjective objective() {
    ValueObjective plain = ValueObjective.DEFAULT;
    return Failure.usage(
        () ->
            new ValueObjective(
                gamma.orElse(plain.gamma()),
                lambda.orElse(plain.lambda()),
                clip.orElse(plain.clip()),
                coefficient.orElse(plain.coefficient())));
  }
}
