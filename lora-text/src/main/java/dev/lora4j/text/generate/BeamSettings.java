package dev.lora4j.text.generate;

/**
 * How many sequences are followed at once, and which of them is the best, in the names and meanings
 * of transformers' {@code generate}.
 *
 * @param beams how many are followed; 1 for no search
 * @param lengthPenalty the sum of the logarithms of probabilities is divided by the number of
 *     tokens to this power; above 0 it favours long texts, below 0 short ones
 * @param stopping when the search ends
 */
public record BeamSettings(int beams, double lengthPenalty, Stopping stopping) {
  /** No search. */
  public static final BeamSettings NONE = new BeamSettings(1, 1, Stopping.LIKELY);

  /** When the search ends, if all sequences did not end before. */
  public enum Stopping {
    /** As soon as there are as many sequences that ended as beams ({@code early_stopping=True}). */
    EARLY,
    /** When it is not likely that a better one comes ({@code early_stopping=False}). */
    LIKELY,
    /** When no better one can come ({@code early_stopping="never"}). */
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

  /** So many beams, with length penalty 1. */
  public static BeamSettings of(int beams) {
    return new BeamSettings(beams, 1, Stopping.LIKELY);
  }

  /** With another length penalty. */
  public BeamSettings lengthPenalty(double other) {
    return new BeamSettings(beams, other, stopping);
  }

  /** Ending otherwise. */
  public BeamSettings stopping(Stopping other) {
    return new BeamSettings(beams, lengthPenalty, other);
  }
}
