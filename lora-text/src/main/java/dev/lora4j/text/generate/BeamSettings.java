package dev.lora4j.text.generate;

/**
 * Settings of a beam search, in the names and meanings of transformers' {@code generate}.
 *
 * @param beams how many are followed; 1 for no search
 * @param lengthPenalty the sum of the logarithms of probabilities is divided by the number of
 *     tokens to this power; above 0 it favours long texts, below 0 short ones
 * @param stopping when the search ends
 */
public record BeamSettings(int beams, double lengthPenalty, Stopping stopping) {
  /** No search. */
  public static final BeamSettings NONE = new BeamSettings(1, 1, Stopping.LIKELY);

  /** End of the search, if all sequences did not end before. */
  public enum Stopping {
    /** Ends at as many ended sequences as beams ({@code early_stopping=True}). */
    EARLY,
    /** Ends when a better one is not likely ({@code early_stopping=False}). */
    LIKELY,
    /** Ends when a better one is impossible ({@code early_stopping="never"}). */
    NEVER
  }

  /** Checks ranges. */
  public BeamSettings {
    if (beams < 1) {
      throw new IllegalArgumentException("num_beams is 1 or more, found " + beams);
    }
    if (!Double.isFinite(lengthPenalty)) {
      throw new IllegalArgumentException("length_penalty is a number, found " + lengthPenalty);
    }
  }

  /** Settings of so many beams, with length penalty 1. */
  public static BeamSettings of(int beams) {
    return new BeamSettings(beams, 1, Stopping.LIKELY);
  }

  /** A copy with another length penalty. */
  public BeamSettings lengthPenalty(double other) {
    return new BeamSettings(beams, other, stopping);
  }

  /** Ending otherwise. */
  public BeamSettings stopping(Stopping other) {
    return new BeamSettings(beams, lengthPenalty, other);
  }
}
