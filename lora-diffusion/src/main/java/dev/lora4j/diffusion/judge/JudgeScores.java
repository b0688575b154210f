package dev.lora4j.diffusion.judge;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Scores of the pictures of one kind: of an adapter, of the base, or of a control. Shares are from
 * 0 to 1.
 *
 * @param pictures how many there are
 * @param style share in the style that is judged; empty if the classifier does not know that style
 * @param conceptTop10 share whose own concept is among the {@link ConceptRetrieval#TOP} nearest
 * @param truth where their own true pictures stand; empty if there are none
 */
public record JudgeScores(
    int pictures, Optional<Double> style, double conceptTop10, Optional<Truth> truth) {
  /**
   * Ranks of the own true pictures among others of the style.
   *
   * @param top1 share for which the own is nearest
   * @param rank its mean rank, from 1
   * @param distance mean {@link PictureDistance} to it
   */
  public record Truth(double top1, double rank, double distance) {}

  /**
   * Scores of pictures that were judged by criteria.
   *
   * @throws IllegalArgumentException if there are no pictures
   */
  public static JudgeScores of(List<PictureJudgement> judged, JudgeCriteria criteria) {
    if (judged.isEmpty()) {
      throw new IllegalArgumentException("There are no pictures to score; give at least one.");
    }
    List<TruthRank.Place> places = judged.stream().flatMap(j -> j.truth().stream()).toList();
    return new JudgeScores(
        judged.size(),
        criteria.style().map(s -> mean(judged, j -> j.style().equals(s) ? 1 : 0)),
        mean(judged, j -> j.found() ? 1 : 0),
        places.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Truth(
                    mean(places, p -> p.rank() == 1 ? 1 : 0),
                    mean(places, TruthRank.Place::rank),
                    mean(places, TruthRank.Place::distance))));
  }

  private static <T> double mean(List<T> all, ToDoubleFunction<T> value) {
    return all.stream().mapToDouble(value).average().orElseThrow();
  }
}
