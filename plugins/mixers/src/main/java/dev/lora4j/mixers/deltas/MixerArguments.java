package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaSurvey;
import java.util.Map;
import java.util.SortedMap;

/** Checks of settings and weights that several mixers share. */
final class MixerArguments {
  private MixerArguments() {}

  /** Refuses to keep nothing. */
  static void requireDensity(double density) {
    if (!(density > 0 && density <= 1)) {
      throw new IllegalArgumentException(
          "density is above 0 and at most 1, the share of the numbers that is kept, found "
              + density);
    }
  }

  /**
   * Refuses weights below 0, at whichever layer.
   *
   * @param why they cannot be
   * @param remedy what to do
   */
  static void refuseNegativeWeights(DeltaSurvey survey, String why, String remedy) {
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
