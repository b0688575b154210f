package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.EntropyUse;
import dev.lora4j.text.align.ImportanceLevel;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardFunctions;
import dev.lora4j.text.align.Rewards;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of learning from rewards of what a model writes. */
final class RewardOptions {
  /** Names of all of them, without dashes. */
  static final List<String> NAMES =
      List.of(
          "reward",
          "reward-timeout",
          "generations",
          "iterations",
          "importance",
          "entropy-coef",
          "top-entropy-quantile",
          "scale-rewards");

  private static final int GENERATIONS = 8;

  /** Ratios of importance, as people write them. */
  enum Importance {
    token(ImportanceLevel.TOKEN),
    sequence(ImportanceLevel.SEQUENCE);

    private final ImportanceLevel level;

    Importance(ImportanceLevel level) {
      this.level = level;
    }
  }

  /** The spread that rewards are divided by, as people write it. */
  enum Scale {
    group,
    batch,
    none,
    each
  }

  @Option(
      names = "--reward",
      paramLabel = "NAME[:KEY=VALUE,...]",
      description =
          "Reward function, with its settings and weight=X: regex, json, exact, length, ended, http,"
              + " model:path=DIR, or one of a plug-in. May be given several times; rewards add up.")
  private List<String> rewards = new ArrayList<>();

  @Option(
      names = "--reward-timeout",
      paramLabel = "SECONDS",
      description = "The longest that reward functions may take for a step (default: 60).")
  private Optional<Integer> timeout = Optional.empty();

  @Option(
      names = "--generations",
      paramLabel = "N",
      description = "Completions of each prompt, which are compared (default: 8).")
  private Optional<Integer> generations = Optional.empty();

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description =
          "Steps that learn the same completions before new ones are written (default: 1).")
  private Optional<Integer> iterations = Optional.empty();

  @Option(
      names = "--importance",
      paramLabel = "LEVEL",
      description =
          "What has a ratio of its own in grpo: token, or sequence, as in GSPO (default: token).")
  private Optional<Importance> importance = Optional.empty();

  @Option(
      names = "--entropy-coef",
      paramLabel = "X",
      description =
          "What a nat of the mean entropy takes from the loss of grpo; above 0 it keeps the model from"
              + " saying always the same (default: 0).")
  private Optional<Double> entropyCoefficient = Optional.empty();

  @Option(
      names = "--top-entropy-quantile",
      paramLabel = "X",
      description =
          "Learn in grpo only this share of a batch's tokens, those of which the model was least sure"
              + " (default: 1).")
  private Optional<Double> topEntropy = Optional.empty();

  @Option(
      names = "--scale-rewards",
      paramLabel = "BY",
      description =
          "The spread that rewards are divided by: of the group, of the batch, none; or each, those"
              + " of each function by themselves, as in GDPO (default: grpo: group; rloo: none).")
  private Optional<Scale> scale = Optional.empty();

  /** Refuses all of them for a method that learns from pairs. */
  void refuse(CommandSpec spec, AlignmentMethod method) {
    UnusedOptions.refuse(
        spec,
        NAMES.stream().map(name -> "--" + name).toList(),
        method + ", which " + method.kind() + "; take grpo or rloo for rewards");
  }

  /** Refuses options that a method which learns from rewards has no use for. */
  void refuseOthers(CommandSpec spec, AlignmentMethod method) {
    if (method == AlignmentMethod.rloo) {
      UnusedOptions.refuse(
          spec, List.of("--importance"), "rloo, whose ratios are of whole completions");
      UnusedOptions.refuse(
          spec,
          List.of("--entropy-coef", "--top-entropy-quantile"),
          "rloo, which learns whole completions; take grpo");
    }
    if (rewards.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          method
              + " needs a reward, for example --reward regex:pattern=[0-9]+; 'lora4j plugins' lists"
              + " all.");
    }
  }

  /**
   * The functions that are asked for.
   *
   * @throws Failure as a mistake in the command line
   */
  Rewards rewards() {
    return Failure.usage(
        "--reward",
        () -> {
          Rewards all = Rewards.of(rewards.stream().map(RewardFunctions::weighted).toList());
          return timeout.map(s -> all.patience(Duration.ofSeconds(s))).orElse(all);
        });
  }

  /**
   * Settings of the run.
   *
   * @throws Failure as a mistake in the command line
   */
  PolicySettings settings(PreferenceOptions what, WritingOptions writing) {
    return Failure.usage(
        () -> {
          boolean rloo = what.method() == AlignmentMethod.rloo;
          if (what.losses().size() != 1) {
            throw new IllegalArgumentException(
                what.method() + " takes one --loss, found " + what.losses().size() + ".");
          }
          String loss = what.losses().get(0);
          boolean of = PolicyLosses.named(loss).name().equals("rloo");
          if (of != rloo) {
            throw new IllegalArgumentException(
                "The loss "
                    + loss
                    + " is none of "
                    + what.method()
                    + "; take "
                    + (rloo ? "rloo" : "another")
                    + ".");
          }
          PolicyObjective objective =
              new PolicyObjective(
                  PolicyLosses.named(loss),
                  rloo ? ImportanceLevel.SEQUENCE : importance.orElse(Importance.token).level,
                  rloo ? 0 : what.beta(),
                  true,
                  new EntropyUse(entropyCoefficient.orElse(0.0), topEntropy.orElse(1.0)));
          return new PolicySettings(
              objective,
              advantages(rloo),
              rloo ? what.beta() : 0,
              generations.orElse(GENERATIONS),
              writing.tokens(),
              writing.sampling(),
              iterations.orElse(1),
              writing.maskCut());
        });
  }

  private Advantages advantages(boolean rloo) {
    Scale by = scale.orElse(rloo ? Scale.none : Scale.group);
    if (rloo && by != Scale.none && by != Scale.batch) {
      throw new IllegalArgumentException(
          "--scale-rewards of rloo is none or batch, found " + by + ".");
    } else if (rloo) {
      return new Advantages.LeaveOneOut(by == Scale.batch);
    }
    return switch (by) {
      case group -> new Advantages.GroupRelative(Advantages.Scale.GROUP);
      case batch -> new Advantages.GroupRelative(Advantages.Scale.BATCH);
      case none -> new Advantages.GroupRelative(Advantages.Scale.NONE);
      case each -> new Advantages.EachNormalised();
    };
  }
}
