package dev.lora4j.text.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Class probabilities of one text.
 *
 * @param labels names of the classes
 * @param values one probability for each, together 1
 */
public record ClassProbabilities(List<String> labels, List<Double> values) {
  /** Copies its lists. */
  public ClassProbabilities {
    labels = List.copyOf(labels);
    values = List.copyOf(values);
  }

  /** Softmax of logits, in F64. */
  static ClassProbabilities of(List<String> labels, float[] logits) {
    double[] exponents = new double[logits.length];
    double most = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      most = Math.max(most, logit);
    }
    for (int i = 0; i < logits.length; i++) {
      exponents[i] = Math.exp(logits[i] - most);
    }
    double sum = Arrays.stream(exponents).sum();
    List<Double> values = new ArrayList<>();
    for (double exponent : exponents) {
      values.add(exponent / sum);
    }
    return new ClassProbabilities(labels, values);
  }

  /** Number of the likeliest class; the first of equals. */
  public int number() {
    int best = 0;
    for (int i = 1; i < values.size(); i++) {
      best = values.get(i) > values.get(best) ? i : best;
    }
    return best;
  }

  /** The likeliest class. */
  public String label() {
    return labels.get(number());
  }

  /** Probability of the likeliest class. */
  public double probability() {
    return values.get(number());
  }
}
