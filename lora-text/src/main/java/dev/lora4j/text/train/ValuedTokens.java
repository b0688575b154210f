package dev.lora4j.text.train;

import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.TokenAdvantages;
import dev.lora4j.text.align.ValueObjective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Tokens of completions with what a value head expected of them and what came.
 *
 * @param each of the tokens of each completion
 * @param measures numbers of all of them by TRL's names, in order
 */
record ValuedTokens(List<Completion> each, Map<String, Double> measures) {
  /**
   * Tokens of a completion; none if it does not count.
   *
   * @param gains their advantages
   * @param values what the head said when they were written
   * @param returns what it should have said
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Completion(double[] gains, double[] values, double[] returns) {
    /** The mean advantage; 0 of no tokens. */
    double gain() {
      return Arrays.stream(gains).average().orElse(0);
    }
  }

  /**
   * Values tokens. Each costs its distance from the reference (k1), and the reward of a completion
   * comes with its last one. A completion without a reward teaches nothing: its tokens have no
   * advantage, and their values are what they should be.
   *
   * @param rewards of completions; NaN where none was given
   * @param before of their tokens when they were written
   * @param reference log-probabilities of their tokens under the reference, if that has a say
   */
  static ValuedTokens of(
      PolicySettings how,
      double[] rewards,
      List<FrozenReference.Tokens> before,
      List<double[]> reference) {
    ValueObjective values = how.values().orElseThrow();
    List<double[]> raw = new ArrayList<>();
    for (int i = 0; i < rewards.length; i++) {
      double[] own = paid(how, rewards[i], before.get(i).likelihoods(), reference.get(i));
      raw.add(
          Double.isNaN(rewards[i])
              ? new double[0]
              : TokenAdvantages.of(values, own, before.get(i).values()));
    }
    List<double[]> white = TokenAdvantages.whitened(raw);
    List<Completion> each = new ArrayList<>();
    for (int i = 0; i < rewards.length; i++) {
      double[] expected = before.get(i).values();
      double[] came = expected.clone();
      for (int t = 0; t < raw.get(i).length; t++) {
        came[t] += raw.get(i)[t];
      }
      double[] gains = Double.isNaN(rewards[i]) ? new double[expected.length] : white.get(i);
      each.add(new Completion(gains, expected, came));
    }
    return new ValuedTokens(each, measures(how, rewards, before, reference));
  }

  /** Payment of each token of a completion. */
  private static double[] paid(
      PolicySettings how, double reward, double[] likelihoods, double[] reference) {
    double[] paid = new double[likelihoods.length];
    for (int t = 0; t < paid.length && how.rewardBeta() > 0; t++) {
      paid[t] = -how.rewardBeta() * (likelihoods[t] - reference[t]);
    }
    if (paid.length > 0) {
      paid[paid.length - 1] += reward;
    }
    return paid;
  }

  /** Means over the completions that count. */
  private static Map<String, Double> measures(
      PolicySettings how,
      double[] rewards,
      List<FrozenReference.Tokens> before,
      List<double[]> reference) {
    int[] counting =
        IntStream.range(0, rewards.length)
            .filter(i -> before.get(i).likelihoods().length > 0)
            .toArray();
    double own = mean(counting, i -> Arrays.stream(before.get(i).likelihoods()).sum());
    double scores =
        Arrays.stream(rewards).filter(r -> !Double.isNaN(r)).average().orElse(Double.NaN);
    double costs = 0;
    Map<String, Double> all = new LinkedHashMap<>();
    if (how.rewardBeta() > 0) {
      double distance = own - mean(counting, i -> Arrays.stream(reference.get(i)).sum());
      costs = -how.rewardBeta() * distance;
      all.put("objective/kl", distance);
      all.put("objective/non_score_reward", costs);
    }
    all.put("objective/entropy", -own);
    all.put("objective/scores", scores);
    all.put("objective/rlhf_reward", scores + costs);
    return all;
  }

  private static double mean(int[] counting, IntToDoubleFunction of) {
    return Arrays.stream(counting).mapToDouble(of).average().orElse(Double.NaN);
  }
}
