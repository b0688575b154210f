package dev.lora4j.diffusion.judge;

import java.util.Optional;

/**
 * Criteria by which pictures are judged, beside the concepts that they show.
 *
 * @param style the style that they should be in, one of {@link StyleClassifier#styles}
 * @param truths true pictures in that style
 */
public record JudgeCriteria(Optional<String> style, Optional<TruthRank> truths) {
  /** Concepts alone. */
  public static final JudgeCriteria NONE = new JudgeCriteria(Optional.empty(), Optional.empty());

  /** A copy with the style that pictures should be in. */
  public JudgeCriteria style(String label) {
    return new JudgeCriteria(Optional.of(label), truths);
  }

  /** A copy with true pictures in that style. */
  public JudgeCriteria truths(TruthRank pictures) {
    return new JudgeCriteria(style, Optional.of(pictures));
  }
}
