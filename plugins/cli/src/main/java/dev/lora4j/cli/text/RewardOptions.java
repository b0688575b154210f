package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.EntropyControl;
import dev.lora4j.text.align.EntropyUse;
import dev.lora4j.text.align.ImportanceLevel;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardFunctions;
import dev.lora4j.text.align.Rewards;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
          "adaptive-entropy",
          "scale-rewards");

  /** Losses that are methods of their own. */
  private static final Set<String> OWN =
      Set.of(AlignmentMethod.rloo.name(), AlignmentMethod.ppo.name());

  private static final int GENERATIONS = 8;
  private static final int ITERATIONS_OF_PPO = 4;

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
      description = "Completions of each prompt, which are compared (default: 8; ppo: 1).")
  private Optional<Integer> generations = Optional.empty();

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description =
          "Steps that learn the same completions before new ones are written (default: 1; ppo: 4).")
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
      names = "--adaptive-entropy",
      paramLabel = "TARGET[:KEY=VALUE,...]",
      description =
          "Keep the entropy of grpo at TARGET nats: --entropy-coef grows by delta (0.005) after a step at"
              + " or below it, falls after another, between min (0) and max (1), and counts after the"
              + " first kind alone.")
  private Optional<String> adaptive = Optional.empty();

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
        method + ", which " + method.kind() + "; take grpo, rloo or ppo for rewards");
  }

  /** Refuses options that a method which learns from rewards has no use for. */
  void refuseOthers(CommandSpec spec, AlignmentMethod method) {
    if (method == AlignmentMethod.rloo) {
      UnusedOptions.refuse(
          spec, List.of("--importance"), "rloo, whose ratios are of whole completions");
      UnusedOptions.refuse(
          spec,
          List.of("--entropy-coef", "--top-entropy-quantile", "--adaptive-entropy"),
          "rloo, which learns whole completions; take grpo");
    } else if (method == AlignmentMethod.ppo) {
      UnusedOptions.refuse(spec, List.of("--importance"), "ppo, whose ratios are of tokens");
      UnusedOptions.refuse(
          spec,
          List.of("--entropy-coef", "--top-entropy-quantile", "--adaptive-entropy"),
          "ppo; take grpo");
      UnusedOptions.refuse(
          spec,
          List.of("--scale-rewards"),
          "ppo, whose advantages get a mean of 0 and a spread of 1 over the tokens of a step");
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
    return rewards(rewards, timeout);
  }

  /** The functions of these names, with these seconds to answer in. */
  static Rewards rewards(List<String> names, Optional<Integer> seconds) {
    return Failure.usage(
        "--reward",
        () -> {
          Rewards all = Rewards.of(names.stream().map(RewardFunctions::weighted).toList());
          return seconds.map(s -> all.patience(Duration.ofSeconds(s))).orElse(all);
        });
  }

  /** Completions of each prompt. */
  int generations(AlignmentMethod method) {
    return generations.orElse(method == AlignmentMethod.ppo ? 1 : GENERATIONS);
  }

  /**
   * Settings of the run.
   *
   * @throws Failure as a mistake in the command line
   */
  PolicySettings settings(PreferenceOptions what, WritingOptions writing, ValueOptions values) {
    return Failure.usage(
        () -> {
          AlignmentMethod method = what.method();
          PolicyLoss loss = loss(what);
          if (method == AlignmentMethod.ppo) {
            return PolicySettings.valued(
                PolicyObjective.of(loss),
                values.objective(),
                what.beta(),
                generations(method),
                writing.tokens(),
                writing.sampling(),
                iterations.orElse(ITERATIONS_OF_PPO),
                writing.maskCut());
          }
          boolean rloo = method == AlignmentMethod.rloo;
          PolicyObjective objective =
              new PolicyObjective(
                  loss,
                  rloo ? ImportanceLevel.SEQUENCE : importance.orElse(Importance.token).level,
                  rloo ? 0 : what.beta(),
                  true,
                  entropy());
          return new PolicySettings(
              objective,
              advantages(rloo),
              rloo ? what.beta() : 0,
              generations(method),
              writing.tokens(),
              writing.sampling(),
              iterations.orElse(1),
              writing.maskCut());
        });
  }

  /** The loss that is asked for, which has to be one of the method. */
  private static PolicyLoss loss(PreferenceOptions what) {
    AlignmentMethod method = what.method();
    if (what.losses().size() != 1) {
      throw new IllegalArgumentException(
          method + " takes one --loss, found " + what.losses().size() + ".");
    }
    String text = what.losses().get(0);
    PolicyLoss loss = PolicyLosses.named(text);
    String owner = OWN.contains(loss.name()) ? loss.name() : AlignmentMethod.grpo.name();
    if (!owner.equals(method.name())) {
      throw new IllegalArgumentException(
          "The loss "
              + text
              + " is none of "
              + method
              + "; take "
              + (method == AlignmentMethod.grpo ? "another" : method.name())
              + ".");
    }
    return loss;
  }

  private EntropyUse entropy() {
    EntropyUse use = new EntropyUse(entropyCoefficient.orElse(0.0), topEntropy.orElse(1.0));
    return adaptive.map(text -> use.controlled(control(text))).orElse(use);
  }

  /** The control of a text such as {@code 0.2:delta=0.01,max=0.5}. */
  private static EntropyControl control(String text) {
    ExtensionRequest asked = ExtensionRequest.parse(text);
    List<String> keys = List.of("delta", "min", "max");
    if (!keys.containsAll(asked.settings().keySet())) {
      throw new IllegalArgumentException(
          "--adaptive-entropy '" + text + "' has a setting that is none of " + keys + ".");
    }
    try {
      EntropyControl known = EntropyControl.of(Double.parseDouble(asked.name()));
      return new EntropyControl(
          known.target(),
          number(asked, "delta", known.delta()),
          number(asked, "min", known.least()),
          number(asked, "max", known.most()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--adaptive-entropy takes numbers, as in 0.2:delta=0.005,min=0,max=1; found "
              + text
              + ".",
          e);
    }
  }

  private static double number(ExtensionRequest asked, String key, double otherwise) {
    Object given = asked.settings().getOrDefault(key, otherwise);
    return Double.parseDouble(String.valueOf(given));
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
