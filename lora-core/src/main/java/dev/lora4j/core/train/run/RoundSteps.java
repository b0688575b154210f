package dev.lora4j.core.train.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The steps of a round as the run tells of them: means over its parts, by their batches. */
final class RoundSteps {
  private RoundSteps() {}

  /**
   * The steps of all parts together.
   *
   * @param parts each with the same steps
   */
  static List<RunListener.Step> of(List<RoundShare> parts) {
    if (parts.size() == 1) {
      return parts.get(0).steps();
    }
    List<RunListener.Step> all = new ArrayList<>();
    for (int s = 0; s < parts.get(0).steps().size(); s++) {
      all.add(step(parts, s));
    }
    return all;
  }

  private static RunListener.Step step(List<RoundShare> parts, int number) {
    double batches = parts.stream().mapToInt(RoundShare::batches).sum();
    double loss = 0;
    double norm = 0;
    boolean skipped = true;
    Map<String, Double> sums = new LinkedHashMap<>();
    Map<String, Double> known = new LinkedHashMap<>();
    for (RoundShare part : parts) {
      RunListener.Step step = part.steps().get(number);
      double share = part.batches() / batches;
      loss += share * step.loss();
      norm += share * step.gradientNorm();
      skipped &= step.skipped();
      step.measures()
          .forEach(
              (name, n) -> {
                boolean there = !Double.isNaN(n);
                sums.merge(name, there ? share * n : 0, Double::sum);
                known.merge(name, there ? share : 0, Double::sum);
              });
    }
    RunListener.Step like = parts.get(0).steps().get(number);
    Map<String, Double> measures = new LinkedHashMap<>();
    // A number that no part knows is NaN, as 0 / 0 is.
    sums.forEach((name, sum) -> measures.put(name, sum / known.getOrDefault(name, 0.0)));
    return new RunListener.Step(
        like.step(), like.steps(), (float) loss, (float) norm, like.rate(), skipped, measures);
  }
}
