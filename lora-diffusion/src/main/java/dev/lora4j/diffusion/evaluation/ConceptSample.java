package dev.lora4j.diffusion.evaluation;

import dev.lora4j.core.train.SeededNoise;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sample of held-out concepts that judges look at, always the same for the same concepts. */
public final class ConceptSample {
  private static final long DRAW = 7;

  private ConceptSample() {}

  /**
   * The first {@code count} of {@code all} in an order that is drawn once.
   *
   * @param all numbers of concepts
   * @param names names of all concepts, by number
   * @return names by number
   * @throws EvaluationException if there are not so many
   */
  public static Map<Integer, String> of(List<Integer> all, List<String> names, int count) {
    if (count > all.size()) {
      throw new EvaluationException(
          "There are " + all.size() + " held-out concepts, so " + count + " cannot be shown.");
    }
    Map<Integer, String> some = new LinkedHashMap<>();
    for (int i : SeededNoise.of(DRAW).permutation(all.size())) {
      if (some.size() < count) {
        int concept = all.get(i);
        some.put(concept, names.get(concept));
      }
    }
    return Collections.unmodifiableMap(some);
  }
}
