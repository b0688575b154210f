package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.text.generate.SamplingSettings;
import java.util.Optional;

/**
 * Settings of learning from rewards.
 *
 * @param objective which is made small
 * @param advantages how rewards of a group become advantages
 * @param rewardBeta what distance from the reference takes away from a reward, per unit of
 *     log-probability; 0 for nothing
 * @param values use of a value head; empty where completions of a prompt are compared instead
 * @param group completions of each prompt, at least 2, or 1 with a value head
 * @param maxNewTokens the most tokens of a completion
 * @param sampling how its tokens are chosen, at a temperature above 0
 * @param iterations steps that the completions of a step are learned in, at least 1
 * @param maskCut whether completions that were cut at the most tokens are not learned
 */
public record PolicySettings(
    PolicyObjective objective,
    Advantages advantages,
    double rewardBeta,
    Optional<ValueObjective> values,
    int group,
    int maxNewTokens,
    SamplingSettings sampling,
    int iterations,
    boolean maskCut)
    implements Canonical {
  /** Settings that compare completions of a prompt. */
  public PolicySettings(
      PolicyObjective objective,
      Advantages advantages,
      double rewardBeta,
      int group,
      int maxNewTokens,
      SamplingSettings sampling,
      int iterations,
      boolean maskCut) {
    this(
        objective,
        advantages,
        rewardBeta,
        Optional.empty(),
        group,
        maxNewTokens,
        sampling,
        iterations,
        maskCut);
  }

  /**
   * Settings with a value head, as PPO has them: what each token costs by its distance from the
   * reference is taken from the rewards, and the reward of a completion comes with its last token.
   *
   * @param objective with ratios of tokens, and no cost of a distance of its own
   * @param group completions of each prompt, at least 1
   */
  public static PolicySettings valued(
      PolicyObjective objective,
      ValueObjective values,
      double rewardBeta,
      int group,
      int maxNewTokens,
      SamplingSettings sampling,
      int iterations,
      boolean maskCut) {
    return new PolicySettings(
        objective,
        new Advantages.Uncompared(),
        rewardBeta,
        Optional.of(values),
        group,
        maxNewTokens,
        sampling,
        iterations,
        maskCut);
  }

  /** Checks the numbers. */
  public PolicySettings {
    if (values.isPresent()) {
      require(group >= 1, "A prompt gets at least 1 completion, found", group);
      requireTokens(objective);
    } else {
      require(
          group >= 2, "A group needs at least 2 completions of a prompt to compare, found", group);
    }
    if (values.isPresent() != advantages instanceof Advantages.Uncompared) {
      throw new IllegalArgumentException(
          "Rewards are compared with those of the same prompt or with the values of a head, found "
              + advantages.canonical()
              + (values.isPresent() ? " and a head." : " and no head."));
    }
    require(maxNewTokens >= 1, "A completion has at least 1 token, found", maxNewTokens);
    require(iterations >= 1, "Completions are learned in at least 1 step, found", iterations);
    require(
        rewardBeta >= 0 && !Double.isInfinite(rewardBeta),
        "beta must be 0 or above, found",
        rewardBeta);
    require(
        sampling.temperature() > 0,
        "Completions are drawn at a temperature above 0, or those of a prompt would be all the"
            + " same; found",
        sampling.temperature());
  }

  private static void requireTokens(PolicyObjective objective) {
    if (objective.level() != ImportanceLevel.TOKEN || objective.beta() != 0) {
      throw new IllegalArgumentException(
          "With a value head ratios are of tokens, and the distance from the reference is taken"
              + " from rewards; found ratios of a "
              + objective.level()
              + " and a beta of "
              + objective.beta()
              + " in the loss.");
    }
  }

  private static void require(boolean fits, String expected, Number found) {
    if (!fits) {
      throw new IllegalArgumentException(expected + " " + found + ".");
    }
  }

  /** Returns true if the reference has a say. */
  public boolean compares() {
    return objective.compares() || rewardBeta > 0;
  }

  @Override
  public String canonical() {
    CanonicalForm form =
        CanonicalForm.of("PolicySettings")
            .with("objective", objective)
            .with("advantages", advantages)
            .with("rewardBeta", rewardBeta);
    return values
        .map(head -> form.with("values", head))
        .orElse(form)
        .with("group", group)
        .with("maxNewTokens", maxNewTokens)
        .with("repetitionPenalty", sampling.repetitionPenalty())
        .with("temperature", sampling.temperature())
        .with("topK", sampling.topK())
        .with("topP", sampling.topP())
        .with("minP", sampling.minP())
        .with("iterations", iterations)
        .with("maskCut", maskCut)
        .text();
  }
}
