package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.train.RewardedAnswers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of scoring answers by reward functions. */
final class AnswerOptions {
  @Option(
      names = "--reward",
      paramLabel = "NAME[:KEY=VALUE,...]",
      description =
          "Let the model answer each prompt, and score the answers by this reward function of text"
              + " align grpo, with its settings and weight=X. May be given several times; rewards add"
              + " up.")
  private List<String> rewards = new ArrayList<>();

  @Option(
      names = "--reward-timeout",
      paramLabel = "SECONDS",
      description = "The longest that reward functions may take for eight prompts (default: 60).")
  private Optional<Integer> timeout = Optional.empty();

  @Option(
      names = "--generations",
      paramLabel = "N",
      description = "Answers to each prompt, whose mean reward counts (default: 1).")
  private Optional<Integer> generations = Optional.empty();

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description =
          "How daring answers are; 0 for the likeliest tokens (default: 0; with several answers 1).")
  private Optional<Double> temperature = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Seed of answers that are drawn; those of the base and of adapters are drawn alike (default:"
              + " 0).")
  private Optional<Long> seed = Optional.empty();

  /** Refuses options that do nothing; whether answers are scored. */
  boolean wanted(CommandSpec spec) {
    if (rewards.isEmpty()) {
      UnusedOptions.refuseWithout(
          spec,
          List.of("--reward-timeout", "--generations", "--temperature", "--seed"),
          "--reward");
      return false;
    }
    UnusedOptions.refuse(
        spec,
        List.of("--no-bleu", "--pack", "--max-length", "--beams"),
        "--reward, which scores answers to whole prompts");
    if (generations.orElse(1) > 1 && drawn() == 0) {
      throw Failure.usage(
          "--generations "
              + generations.orElse(1)
              + " needs a --temperature above 0: without one all answers to a prompt are the same.");
    }
    if (drawn() == 0) {
      UnusedOptions.refuse(spec, List.of("--seed"), "a temperature of 0, which draws nothing");
    }
    return true;
  }

  private double drawn() {
    return temperature.orElse(generations.orElse(1) > 1 ? 1.0 : 0.0);
  }

  /**
   * The functions that are asked for.
   *
   * @throws Failure as a mistake in the command line
   */
  Rewards rewards() {
    return RewardOptions.rewards(rewards, timeout);
  }

  /**
   * Manner of answering.
   *
   * @param tokens the most of an answer
   * @throws Failure as a mistake in the command line
   */
  RewardedAnswers.Manner manner(int tokens) {
    return Failure.usage(
        () ->
            new RewardedAnswers.Manner(
                SamplingSettings.at(drawn()), generations.orElse(1), tokens, seed.orElse(0L)));
  }
}
