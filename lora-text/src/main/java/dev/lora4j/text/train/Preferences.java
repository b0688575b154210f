package dev.lora4j.text.train;

import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.TokenSequence;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Pairs of a run, and what is learned of them. */
final class Preferences {
  private static final String ENTRY = "lora4j_preferences";

  private final PreferenceObjective objective;
  private final PairedTexts texts;

  /** Tokens that both completions of the pair of a sequence have. */
  private final IdentityHashMap<TokenSequence, Integer> shared = new IdentityHashMap<>();

  /**
   * Pairs of a run.
   *
   * @throws IllegalArgumentException if a pair has a margin, which no loss looks at
   */
  Preferences(
      PreferenceObjective objective, List<PreferencePair> learned, List<PreferencePair> heldOut) {
    this.objective = objective;
    this.texts = new PairedTexts(learned, heldOut);
    if (texts.all().anyMatch(pair -> pair.margin().isPresent())) {
      throw new IllegalArgumentException(
          "A pair has a margin, which losses of preferences do not look at. Learn it by a reward"
              + " model, or leave margins out.");
    }
    texts.all().forEach(this::share);
  }

  private void share(PreferencePair pair) {
    int shorter = Math.min(pair.chosen().learned(), pair.rejected().learned());
    shared.put(pair.chosen(), shorter);
    shared.put(pair.rejected(), shorter);
  }

  /** Shares of tokens, if those beyond the shorter completion of a pair count less. */
  Optional<TokenShares> shares() {
    return objective.tail() == 1 ? Optional.empty() : Optional.of(this::shares);
  }

  private double[] shares(TokenSequence one) {
    double[] shares = new double[one.learned()];
    Arrays.fill(shares, objective.tail());
    Arrays.fill(shares, 0, Objects.requireNonNull(shared.get(one)), 1);
    return shares;
  }

  PreferenceObjective objective() {
    return objective;
  }

  /** The chosen sequences of all pairs that are learned. */
  List<TokenSequence> learned() {
    return texts.learned();
  }

  /** Those of the pairs that are held out. */
  List<TokenSequence> heldOut() {
    return texts.heldOut();
  }

  /** All chosen sequences, then the rejected ones in the same order. */
  List<TokenSequence> rows(List<TokenSequence> chosen) {
    return texts.rows(chosen);
  }

  /** Parts of the run that a checkpoint depends on, beside the chosen texts. */
  Map<String, String> identity() {
    return Map.of("objective", objective.canonical(), "rejected texts", texts.digestOfRejected());
  }

  /** Metadata in the header of the trained adapter. */
  Map<String, String> metadata() {
    return Map.of(ENTRY, objective.canonical());
  }
}
