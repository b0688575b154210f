package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/**
 * Measure of how much better completions are than others of their prompt. Rewards that are NaN were
 * not given; they count in no mean, and what has none is neither better nor worse.
 */
public sealed interface Advantages extends Canonical {
  /** Keeps a spread of 0 from being divided by, as in TRL. */
  double SMALL = 1e-4;

  /** The spread that rewards are divided by. */
  enum Scale {
    /** That of the completions of the same prompt. */
    GROUP,
    /** That of all completions of a step. */
    BATCH,
    /** Nothing (Dr. GRPO, Liu et al. 2025). */
    NONE;

    /** Its name as people write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One reward of each completion, of those that several functions gave; NaN if none gave any.
   *
   * @param each of each function, those of a prompt side by side
   * @param weights of the functions
   * @param group number of completions of each prompt
   */
  default double[] combined(double[][] each, double[] weights, int group) {
    return sums(each, weights);
  }

  /**
   * The advantages of all completions of a step.
   *
   * @param rewards those of a prompt side by side
   * @param group number of completions of each prompt
   */
  double[] of(double[] rewards, int group);

  /**
   * GRPO: less the mean of the group, by a spread (Shao et al. 2024).
   *
   * @param scale the spread
   */
  record GroupRelative(Scale scale) implements Advantages {
    @Override
    public double[] of(double[] rewards, int group) {
      double all = spread(rewards);
      double[] advantages = new double[rewards.length];
      for (int from = 0; from < rewards.length; from += group) {
        double[] own = Arrays.copyOfRange(rewards, from, from + group);
        double mean = mean(own);
        double by =
            switch (scale) {
              case GROUP -> spread(own) + SMALL;
              case BATCH -> all + SMALL;
              case NONE -> 1;
            };
        fill(advantages, from, group, i -> (own[i] - mean) / by);
      }
      return advantages;
    }

    @Override
    public String canonical() {
      return CanonicalForm.of("GroupRelative").with("scale", scale.toString()).text();
    }
  }

  /**
   * GDPO: the rewards of each function less their mean in the group, by their spread there; the
   * weighted sum of these less its mean in the step, by its spread (Liu et al. 2026). A function
   * with large rewards counts no more than another.
   */
  record EachNormalised() implements Advantages {
    @Override
    public double[] combined(double[][] each, double[] weights, int group) {
      Advantages own = new GroupRelative(Scale.GROUP);
      double[][] alike = new double[each.length][];
      for (int k = 0; k < each.length; k++) {
        double[] given = each[k];
        alike[k] = own.of(given, group);
        for (int i = 0; i < given.length; i++) {
          alike[k][i] = Double.isNaN(given[i]) ? Double.NaN : alike[k][i];
        }
      }
      return sums(alike, weights);
    }

    @Override
    public double[] of(double[] rewards, int group) {
      double mean = mean(rewards);
      double by = spread(rewards) + SMALL;
      double[] advantages = new double[rewards.length];
      fill(advantages, 0, rewards.length, i -> (rewards[i] - mean) / by);
      return advantages;
    }

    @Override
    public String canonical() {
      return CanonicalForm.of("EachNormalised").text();
    }
  }

  /**
   * RLOO: less the mean of the others of the group (Ahmadian et al. 2024, equation 8).
   *
   * @param normalised whether the advantages of a step get a mean of 0 and a spread of 1
   */
  record LeaveOneOut(boolean normalised) implements Advantages {
    @Override
    public double[] of(double[] rewards, int group) {
      double[] advantages = new double[rewards.length];
      for (int from = 0; from < rewards.length; from += group) {
        double[] own = Arrays.copyOfRange(rewards, from, from + group);
        double count = Arrays.stream(own).filter(r -> !Double.isNaN(r)).count();
        double sum = mean(own) * count;
        for (int i = 0; i < group; i++) {
          advantages[from + i] = own[i] - (sum - own[i]) / (count - 1);
        }
      }
      double mean = normalised ? mean(advantages) : 0;
      double by = normalised ? spread(advantages) + SMALL : 1;
      double[] before = advantages.clone();
      fill(advantages, 0, advantages.length, i -> (before[i] - mean) / by);
      return advantages;
    }

    @Override
    public String canonical() {
      return CanonicalForm.of("LeaveOneOut").with("normalised", normalised).text();
    }
  }

  /**
   * Rewards themselves, where a value head says what was to be expected ({@link TokenAdvantages}).
   */
  record Uncompared() implements Advantages {
    @Override
    public double[] of(double[] rewards, int group) {
      double[] advantages = new double[rewards.length];
      fill(advantages, 0, rewards.length, i -> rewards[i]);
      return advantages;
    }

    @Override
    public String canonical() {
      return CanonicalForm.of("Uncompared").text();
    }
  }

  /** Weighted sums of what was given, completion by completion; NaN where nothing was. */
  private static double[] sums(double[][] each, double[] weights) {
    double[] sums = new double[each[0].length];
    Arrays.fill(sums, Double.NaN);
    for (int k = 0; k < each.length; k++) {
      for (int i = 0; i < sums.length; i++) {
        if (!Double.isNaN(each[k][i])) {
          sums[i] = (Double.isNaN(sums[i]) ? 0 : sums[i]) + weights[k] * each[k][i];
        }
      }
    }
    return sums;
  }

  private static void fill(double[] all, int from, int count, IntToDoubleFunction each) {
    for (int i = 0; i < count; i++) {
      double value = each.applyAsDouble(i);
      all[from + i] = Double.isNaN(value) ? 0 : value;
    }
  }

  /** Mean of what was given; NaN if nothing was. */
  static double mean(double[] rewards) {
    return Arrays.stream(rewards).filter(r -> !Double.isNaN(r)).average().orElse(Double.NaN);
  }

  /** Standard deviation of what was given, by one less than their number; NaN if there is none. */
  static double spread(double[] rewards) {
    double mean = mean(rewards);
    double[] given = Arrays.stream(rewards).filter(r -> !Double.isNaN(r)).toArray();
    double squares = Arrays.stream(given).map(r -> (r - mean) * (r - mean)).sum();
    return Math.sqrt(squares / (given.length - 1));
  }
}
