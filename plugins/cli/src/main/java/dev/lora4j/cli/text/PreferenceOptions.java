package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.align.PairWeighting;
import dev.lora4j.text.align.PreferenceLosses;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.ReferenceUse;
import dev.lora4j.text.align.ScoreDivergence;
import dev.lora4j.text.align.UnpairedObjective;
import dev.lora4j.text.network.JensenShannonDivergence;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Options of what a model is aligned by. */
final class PreferenceOptions {
  /** Alpha of the alpha divergence where none is said, as in TRL. */
  private static final double HALF = 0.5;

  @Parameters(
      paramLabel = "METHOD",
      description =
          "From pairs: dpo, beside a reference; or cpo, simpo or orpo, which need none and are"
              + " cheaper. From single answers, good and bad: kto. From rewards of what the model"
              + " writes: grpo or rloo, which compare several answers, or ppo, with a value head. From a"
              + " teacher of what it writes: distill. A reward model, from pairs: reward.")
  private AlignmentMethod method = AlignmentMethod.dpo;

  @Option(
      names = "--loss",
      paramLabel = "NAME[:KEY=VALUE,...]",
      description =
          "Loss of a pair, by TRL's name, with its settings and weight=X; may be given several times"
              + " (default: dpo: sigmoid; cpo: cpo and sft; simpo: simpo; orpo: orpo and sft). Of"
              + " grpo, one of dapo (default), grpo, bnpo, dr_grpo, cispo, sapo, luspo, vespo; of kto,"
              + " kto or apo_zero_unpaired; of ppo, ppo.")
  private List<String> losses = new ArrayList<>();

  @Option(
      names = "--beta",
      paramLabel = "X",
      description =
          "How much the distance from the reference costs; without one, how sharply likelihoods are"
              + " compared. Of distill 0 to 1, from all that the teacher could say to what it says most"
              + " (default: 0.1; simpo: 2; grpo: 0; rloo and ppo: 0.05; distill: 1).")
  private Optional<Double> beta = Optional.empty();

  @Option(
      names = "--divergence",
      paramLabel = "NAME",
      description =
          "Distance from the reference: reverse_kl, forward_kl, js_divergence or"
              + " alpha_divergence[:alpha=X] (default: ${DEFAULT-VALUE}).",
      defaultValue = "reverse_kl")
  private String divergence = "reverse_kl";

  @Option(
      names = "--weighting",
      paramLabel = "NAME",
      description =
          "Weight pairs of dpo: wpo, by how near both answers are to what the model itself would"
              + " write (default: all alike).")
  private Optional<Weighting> weighting = Optional.empty();

  @Option(
      names = "--ld-alpha",
      paramLabel = "X",
      description =
          "Share at which tokens of dpo count beyond the length of the shorter answer, from 0 to 1"
              + " (default: 1).")
  private Optional<Double> tail = Optional.empty();

  @Option(
      names = "--precompute-reference",
      description =
          "Compute the log-probabilities under the reference once for each answer, and keep them:"
              + " steps of later epochs are cheaper.")
  private boolean precompute;

  @Option(
      names = "--sync-reference",
      paramLabel = "STEPS[:SHARE]",
      description =
          "Let the reference follow the model: every so many steps its factors become SHARE of the"
              + " model's and the rest its own (512:0.6 in TRL; SHARE: 0.6).")
  private Optional<String> sync = Optional.empty();

  /**
   * How the reference follows the model, if it does.
   *
   * @throws Failure as a mistake in the command line, if there is none that could
   */
  Optional<ReferenceSync> sync() {
    Optional<ReferenceSync> asked =
        Failure.usage("--sync-reference", () -> sync.map(ReferenceSync::parse));
    if (asked.isPresent() && precompute) {
      throw Failure.usage(
          "--sync-reference does not go with --precompute-reference, which asks a reference that"
              + " stays as it is.");
    }
    boolean none =
        switch (method.kind()) {
          case PAIRS -> method != AlignmentMethod.dpo;
          case JUDGEMENTS -> false;
          case REWARDS -> beta() == 0;
          case TEACHER, REWARD_MODEL -> true;
        };
    if (asked.isPresent() && none) {
      throw Failure.usage(
          "--sync-reference does nothing with "
              + method
              + ", which has no reference"
              + (method.kind() == AlignmentMethod.Kind.REWARDS ? " without --beta above 0." : "."));
    }
    return asked;
  }

  /** Weightings of pairs, as people write them. */
  enum Weighting {
    wpo
  }

  /** When log-probabilities under the reference are computed. */
  ReferenceUse reference() {
    return precompute ? ReferenceUse.ONCE : ReferenceUse.EACH_STEP;
  }

  /**
   * Objective of a run that learns from single answers.
   *
   * @throws Failure as a mistake in the command line
   */
  UnpairedObjective unpaired() {
    return Failure.usage(
        () -> {
          if (losses().size() != 1) {
            throw new IllegalArgumentException(
                method + " takes one --loss, found " + losses().size() + ".");
          }
          return UnpairedObjective.named(losses().get(0), beta());
        });
  }

  /**
   * Settings of a run that learns from a teacher.
   *
   * @throws Failure as a mistake in the command line
   */
  OnPolicySettings teaching(WritingOptions writing) {
    return Failure.usage(
        () -> {
          double temperature = writing.sampling().temperature();
          return new OnPolicySettings(
              new JensenShannonDivergence(beta(), temperature),
              writing.tokens(),
              writing.sampling(),
              writing.maskCut());
        });
  }

  AlignmentMethod method() {
    return method;
  }

  /** The losses that are asked for; else those of the method. */
  List<String> losses() {
    return losses.isEmpty() ? method.losses() : losses;
  }

  double beta() {
    return beta.orElse(method.beta());
  }

  /**
   * Objective of a run that learns from pairs.
   *
   * @throws Failure as a mistake in the command line, if options do not go together
   */
  PreferenceObjective objective() {
    return Failure.usage(
        () -> {
          List<PreferenceObjective.Weighted> all =
              losses().stream().map(PreferenceLosses::weighted).toList();
          PreferenceObjective objective =
              new PreferenceObjective(
                  all,
                  distance(),
                  beta(),
                  tail.orElse(1.0),
                  weighting.isPresent() ? PairWeighting.WPO : PairWeighting.NONE);
          boolean compares = objective.compares();
          if (method == AlignmentMethod.dpo && !compares) {
            throw new IllegalArgumentException(
                "None of the losses of dpo compares with a reference. Add one that does, for"
                    + " example --loss sigmoid, or take cpo, simpo or orpo.");
          }
          if (precompute && !compares) {
            throw new IllegalArgumentException(
                "--precompute-reference does nothing with " + method + ", which has none.");
          }
          if (method != AlignmentMethod.dpo && compares) {
            throw new IllegalArgumentException(
                method + " has no reference, and one of its losses needs one. Take dpo for it.");
          }
          return objective;
        });
  }

  private ScoreDivergence distance() {
    ExtensionRequest asked = ExtensionRequest.parse(divergence);
    Set<String> taken =
        asked.name().toLowerCase(Locale.ROOT).startsWith("alpha") ? Set.of("alpha") : Set.of();
    if (!taken.containsAll(asked.settings().keySet())) {
      throw new IllegalArgumentException(
          "The divergence '"
              + divergence
              + "' has a setting it does not take; alpha_divergence takes alpha=X, the others"
              + " none.");
    }
    try {
      Object alpha = asked.settings().getOrDefault("alpha", HALF);
      return ScoreDivergence.named(asked.name(), Double.parseDouble(String.valueOf(alpha)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("The alpha in '" + divergence + "' must be a number.", e);
    }
  }
}
