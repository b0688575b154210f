package dev.lora4j.text.data;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Limits of the length of sequences.
 *
 * @param longest number of tokens of a sequence, of each side where there are two; of a block where
 *     texts are packed
 * @param longer what happens to longer ones
 * @param pack whether texts are joined, with the end token between them, and cut into blocks of
 *     {@code longest} tokens; for plain texts alone
 */
public record SequenceLimits(int longest, Longer longer, boolean pack) implements Canonical {
  /** Treatment of sequences that are too long. */
  public enum Longer {
    /** Truncates them at the end, which {@link TokenSequences#cut()} counts. */
    CUT,
    /** Refuses them with an error that lists them. */
    REFUSE
  }

  /** Refuses lengths in which nothing can be learned. */
  public SequenceLimits {
    if (longest < 2) {
      throw new IllegalArgumentException(
          "Sequences of at most %d token(s) leave nothing to learn; 2 is the least."
              .formatted(longest));
    }
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("SequenceLimits")
        .with("longest", longest)
        .with("longer", longer)
        .with("pack", pack)
        .text();
  }
}
