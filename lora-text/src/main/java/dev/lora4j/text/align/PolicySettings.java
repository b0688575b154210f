package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.text.generate.SamplingSettings;

/**
 * Settings of learning from rewards.
 *
 * @param objective which is made small
 * @param advantages how rewards of a group become advantages
 * @param rewardBeta what distance from the reference takes away from a reward, per unit of
 *     log-probability; 0 for nothing
 * @param group completions of each prompt, at least 2
 * @param maxNewTokens the most tokens of a completion
 * @param sampling how its tokens are chosen, at a temperature above 0
 * @param iterations steps that the completions of a step are learned in, at least 1
 * @param maskCut whether completions that were cut at the most tokens are not learned
 */
public record PolicySettings(
    PolicyObjective objective,
    Advantages advantages,
    double rewardBeta,
    int group,
    int maxNewTokens,
    SamplingSettings sampling,
    int iterations,
    boolean maskCut)
    implements Canonical {
  /** Checks the numbers. */
  public PolicySettings {
    require(
        group >= 2, "A group needs at least 2 completions of a prompt to compare, found", group);
    require(maxNewTokens >= 1, "A completion has at least 1 token, found", maxNewTokens);
    require(iterations >= 1, "Completions are learned in at least 1 step, found", iterations);
    require(
        rewardBeta >= 0 && !Double.isInfinite(rewardBeta),
        "beta must be 0 or above, found",
        rewardBeta);
    require(
        sampling.temperature() > 0,
        "Completions of a group are drawn at a temperature above 0, or they would be all the same;"
            + " found",
        sampling.temperature());
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
    return CanonicalForm.of("PolicySettings")
        .with("objective", objective)
        .with("advantages", advantages)
        .with("rewardBeta", rewardBeta)
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
