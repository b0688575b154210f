package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.text.align.ImportanceLevel;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.TokenAdvantages;
import dev.lora4j.text.align.ValueObjective;
import dev.lora4j.text.generate.SamplingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Advantages and returns of tokens against TRL's code: {@code value_rollouts.py}. */
class ValuedTokensTest {
  private static final String ESTIMATE = "numbers/estimate/";
  private static final int WIDTH = 7;

  private static PolicySettings settings(double gamma, double lambda, double beta) {
    return PolicySettings.valued(
        new PolicyObjective(PolicyLosses.named("ppo"), ImportanceLevel.TOKEN, 0, true),
        new ValueObjective(gamma, lambda, 0.2, 0.1),
        beta,
        1,
        8,
        SamplingSettings.at(1),
        4,
        false);
  }

  private static FrozenReference.Tokens tokens(double[] likelihoods, double... values) {
    return new FrozenReference.Tokens(likelihoods, values);
  }

  @Test
  void advantagesAndReturnsAreThoseOfTrl() {
    try (ReferenceSteps golden = new ReferenceSteps("value-rollouts.safetensors")) {
      double[] counts = golden.numbers("numbers/tokens");
      double[] before = golden.numbers("numbers/before");
      double[] values = golden.numbers("numbers/values");
      double[] reference = golden.numbers("numbers/reference");
      List<FrozenReference.Tokens> all = new ArrayList<>();
      List<double[]> references = new ArrayList<>();
      for (int i = 0; i < counts.length; i++) {
        int to = i * WIDTH + (int) counts[i];
        all.add(tokens(before, values).part(i * WIDTH, to));
        references.add(Arrays.copyOfRange(reference, i * WIDTH, to));
      }
      List<String> names =
          golden.keys().stream()
              .filter(key -> key.startsWith(ESTIMATE) && key.endsWith("/returns"))
              .map(key -> key.substring(ESTIMATE.length(), key.lastIndexOf('/')))
              .toList();
      assertEquals(4, names.size());
      for (String name : names) {
        double[] parts =
            Arrays.stream(name.split("\\|", -1)).mapToDouble(Double::parseDouble).toArray();
        ValuedTokens found =
            ValuedTokens.of(
                settings(parts[0], parts[1], parts[2]),
                golden.numbers("numbers/scores"),
                all,
                references);
        double[] gains = golden.numbers(ESTIMATE + name + "/advantages");
        double[] returns = golden.numbers(ESTIMATE + name + "/returns");
        for (int i = 0; i < counts.length; i++) {
          int to = i * WIDTH + (int) counts[i];
          ValuedTokens.Completion each = found.each().get(i);
          assertArrayEquals(
              Arrays.copyOfRange(gains, i * WIDTH, to), each.gains(), 1e-12, name + " " + i);
          assertArrayEquals(
              Arrays.copyOfRange(returns, i * WIDTH, to), each.returns(), 1e-12, name + " " + i);
        }
        double distance = 0;
        for (int i = 0; i < counts.length; i++) {
          for (int t = 0; t < counts[i]; t++) {
            distance += (before[i * WIDTH + t] - reference[i * WIDTH + t]) / counts.length;
          }
        }
        if (parts[2] > 0) {
          assertEquals(distance, found.measures().get("objective/kl"), 1e-12);
          assertEquals(
              0.62 - parts[2] * distance, found.measures().get("objective/rlhf_reward"), 1e-12);
        } else {
          assertEquals(
              List.of("objective/entropy", "objective/scores", "objective/rlhf_reward"),
              List.copyOf(found.measures().keySet()));
        }
      }
    }
  }

  /** With both at 1 a token gains all that comes over what was expected; with lambda 0 one step. */
  @Test
  void endsOfLambdaAreThoseOfThePaper() {
    double[] rewards = {0.5, -1, 2};
    double[] values = {0.3, 0.7, -0.2};
    assertArrayEquals(
        new double[] {1.5 - 0.3, 1 - 0.7, 2.2},
        TokenAdvantages.of(new ValueObjective(1, 1, 1, 1), rewards, values),
        1e-12);
    assertArrayEquals(
        new double[] {0.5 + 0.9 * 0.7 - 0.3, -1 - 0.9 * 0.2 - 0.7, 2.2},
        TokenAdvantages.of(new ValueObjective(0.9, 0, 1, 1), rewards, values),
        1e-12);
  }

  /** Completions without a reward, without tokens or of a single token move no policy. */
  @Test
  void completionsWithoutARewardTeachNothing() {
    PolicySettings how = settings(1, 0.95, 0);
    double[] none = {};
    ValuedTokens found =
        ValuedTokens.of(
            how,
            new double[] {1, Double.NaN, 3},
            List.of(
                tokens(new double[] {-1, -2}, 0.1, 0.2),
                tokens(new double[] {-1, -1}, 0.4, 0.5),
                FrozenReference.Tokens.NONE),
            List.of(none, none, none));
    ValuedTokens.Completion unrewarded = found.each().get(1);
    assertArrayEquals(new double[2], unrewarded.gains());
    assertArrayEquals(new double[] {0.4, 0.5}, unrewarded.returns());
    assertEquals(0, found.each().get(2).gains().length);
    assertEquals(0, found.each().get(2).gain());
    double[] gains = found.each().get(0).gains();
    assertEquals(0, gains[0] + gains[1], 1e-12, "whitened without the others");
    assertEquals(2, found.measures().get("objective/scores"), 1e-12);
    assertEquals(2.5, found.measures().get("objective/entropy"), 1e-12);
    ValuedTokens alone =
        ValuedTokens.of(
            how, new double[] {1}, List.of(tokens(new double[] {-1}, 0.3)), List.of(none));
    assertArrayEquals(new double[1], alone.each().get(0).gains());
    assertArrayEquals(new double[] {1}, alone.each().get(0).returns(), 1e-12);
    ValuedTokens nothing =
        ValuedTokens.of(how, new double[] {1}, List.of(FrozenReference.Tokens.NONE), List.of(none));
    assertTrue(Double.isNaN(nothing.measures().get("objective/entropy")));
  }
}
