package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.text.align.RewardObjective;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of learning a reward model. */
final class RewardModelOptions {
  /** Names of all of them, without dashes. */
  static final List<String> NAMES = List.of("center");

  @Option(
      names = "--center",
      paramLabel = "X",
      description =
          "Of reward: how much the square of the sum of both rewards costs, so that rewards stay"
              + " around 0, for example 0.01 (default: 0).")
  private Optional<Double> center = Optional.empty();

  /** Refuses all of them for a method that makes no reward model. */
  void refuse(CommandSpec spec, AlignmentMethod method) {
    UnusedOptions.refuse(
        spec,
        NAMES.stream().map(name -> "--" + name).toList(),
        method + ", which " + method.kind() + "; take reward for a reward model");
  }

  /** Refuses options that a reward model has no use for. */
  void refuseOthers(CommandSpec spec) {
    UnusedOptions.refuse(
        spec, List.of("--loss"), "reward, whose loss is that of Bradley and Terry alone");
    UnusedOptions.refuse(
        spec, List.of("--beta", "--divergence"), "reward, which stays near no reference");
    UnusedOptions.refuse(spec, List.of("--precompute-reference"), "reward, which has no reference");
    UnusedOptions.refuse(spec, List.of("--pack"), "reward, as each text is by itself");
  }

  /**
   * The objective.
   *
   * @throws Failure as a mistake in the command line
   */
  RewardObjective objective() {
    return Failure.usage("--center", () -> new RewardObjective(center.orElse(0.0)));
  }
}
