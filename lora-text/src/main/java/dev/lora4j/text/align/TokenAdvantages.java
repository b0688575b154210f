package dev.lora4j.text.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Advantages of tokens by what a value head expected of them. */
public final class TokenAdvantages {
  /** Keeps a variance of 0 from being divided by, as in TRL. */
  private static final double SMALL = 1e-8;

  private TokenAdvantages() {}

  /**
   * Generalised advantages of the tokens of a completion (Schulman et al. 2016, equation 16), which
   * ends with the last of them: nothing is expected after it.
   *
   * @param rewards of each token
   * @param values what was expected where each of them comes
   * @return of each token; with the values they are the returns, which a value head learns
   */
  public static double[] of(ValueObjective how, double[] rewards, double[] values) {
    double[] advantages = new double[rewards.length];
    double later = 0;
    for (int t = rewards.length - 1; t >= 0; t--) {
      double next = t + 1 < values.length ? values[t + 1] : 0;
      double surprise = rewards[t] + how.gamma() * next - values[t];
      later = surprise + how.gamma() * how.lambda() * later;
      advantages[t] = later;
    }
    return advantages;
  }

  /**
   * Advantages with a mean of 0 and a variance of 1 over the tokens of all completions together.
   * Those of a single token, which has no variance, become 0.
   *
   * @param each of the tokens of each completion
   */
  public static List<double[]> whitened(List<double[]> each) {
    double[] all = each.stream().flatMapToDouble(Arrays::stream).toArray();
    double mean = Advantages.mean(all);
    double spread = all.length < 2 ? 0 : Advantages.spread(all);
    double by = Math.sqrt(spread * spread + SMALL);
    List<double[]> white = new ArrayList<>();
    for (double[] own : each) {
      white.add(Arrays.stream(own).map(a -> (a - mean) / by).toArray());
    }
    return white;
  }
}
