package dev.lora4j.diffusion.judge;

import java.util.Optional;

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
}
