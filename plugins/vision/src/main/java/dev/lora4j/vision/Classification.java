package dev.lora4j.vision;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Class probabilities of one picture.
 *
 * @param labels names of the classes
 * @param values one probability for each, together 1
 */
public record Classification(List<String> labels, List<Double> values) {
  /** Copies its lists. */
  public Classification {
    labels = List.copyOf(labels);
    values = List.copyOf(values);
  }

  /** Softmax of logits, in F64. */
  static Classification of(List<String> labels, float[] logits) {
    double most = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      most = Math.max(most, logit);
    }
    double sum = 0;
    List<Double> exponents = new ArrayList<>();
    for (float logit : logits) {
      double exponent = Math.exp(logit - most);
      exponents.add(exponent);
      sum += exponent;
    }
    double total = sum;
    return new Classification(labels, exponents.stream().map(e -> e / total).toList());
  }

  /** Numbers of the classes, the likeliest first; of equals in their order. */
  public List<Integer> order() {
    return IntStream.range(0, values.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -values.get(i)))
        .toList();
  }

  /** Number of the likeliest class. */
  public int number() {
    return order().get(0);
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
