package dev.lora4j.diffusion.judge;

import java.util.Optional;

/**
 * What judges say of one picture.
 *
 * @param style the style that it is nearest to, one of {@link StyleClassifier#styles}
 * @param styleMargin how clearly it is in the style of the criteria, as {@link
 *     StyleClassifier#margins}; empty if they name none
 * @param conceptRank rank of its own concept among all, from 1
 * @param conceptMargin how clearly it shows its concept, as {@link ConceptRetrieval#margins}
 * @param truth where its own true picture stands; empty if the criteria have none of its concept
 */
public record PictureJudgement(
    String style,
    Optional<Double> styleMargin,
    int conceptRank,
    double conceptMargin,
    Optional<TruthRank.Place> truth) {
  /** True if its own concept is among the {@link ConceptRetrieval#TOP} nearest. */
  public boolean found() {
    return conceptRank <= ConceptRetrieval.TOP;
  }
}
