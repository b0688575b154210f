package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaSurvey;
import java.util.Map;
import java.util.SortedMap;

/** Check of mixers whose weights are shares. */
final class NegativeWeights {
  private NegativeWeights() {}

  /**
   * Refuses weights below 0, at whichever layer.
   *
   * @param why they cannot be
   * @param remedy what to do
   */
  static void refuse(DeltaSurvey survey, String why, String remedy) {
    for (int i = 0; i < survey.adapters(); i++) {
      SortedMap<String, Double> weights = survey.weights(i);
      for (Map.Entry<String, Double> at : weights.entrySet()) {
        if (at.getValue() < 0) {
          throw new IllegalArgumentException(
              why
                  + ", found "
                  + at.getValue()
                  + " of "
                  + survey.name(i)
                  + " at "
                  + at.getKey()
                  + "; "
                  + remedy);
        }
      }
    }
  }
}
