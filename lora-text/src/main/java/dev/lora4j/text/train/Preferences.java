package dev.lora4j.text.train;

import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Pairs of a run, each known by its chosen sequence, and what is learned of them. */
final class Preferences {
  private static final String ENTRY = "lora4j_preferences";

  private final PreferenceObjective objective;
  private final List<TokenSequence> learned = new ArrayList<>();
  private final List<TokenSequence> heldOut = new ArrayList<>();

  /** By the sequences themselves, as two pairs may have equal ones. */
  private final IdentityHashMap<TokenSequence, TokenSequence> others = new IdentityHashMap<>();

  /** Tokens that both completions of the pair of a sequence have. */
  private final IdentityHashMap<TokenSequence, Integer> shared = new IdentityHashMap<>();

  Preferences(
      PreferenceObjective objective, List<PreferencePair> learned, List<PreferencePair> heldOut) {
    this.objective = objective;
    learned.forEach(pair -> this.learned.add(known(pair)));
    heldOut.forEach(pair -> this.heldOut.add(known(pair)));
  }

  private TokenSequence known(PreferencePair pair) {
    TokenSequence chosen = pair.chosen().copy();
    TokenSequence rejected = pair.rejected().copy();
    others.put(chosen, rejected);
    int shorter = Math.min(chosen.learned(), rejected.learned());
    shared.put(chosen, shorter);
    shared.put(rejected, shorter);
    return chosen;
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
    return learned;
  }

  /** Those of the pairs that are held out. */
  List<TokenSequence> heldOut() {
    return heldOut;
  }

  /** All chosen sequences, then the rejected ones in the same order. */
  List<TokenSequence> rows(List<TokenSequence> chosen) {
    List<TokenSequence> rows = new ArrayList<>(chosen);
    chosen.forEach(one -> rows.add(rejected(one)));
    return rows;
  }

  private TokenSequence rejected(TokenSequence chosen) {
    TokenSequence found = others.get(chosen);
    if (found == null) {
      throw new IllegalArgumentException(
          "There is no pair with this chosen text of " + chosen.ids().length + " tokens.");
    }
    return found;
  }

  /** Parts of the run that a checkpoint depends on, beside the chosen texts. */
  Map<String, String> identity() {
    List<TokenSequence> rejected = new ArrayList<>();
    learned.forEach(one -> rejected.add(rejected(one)));
    heldOut.forEach(one -> rejected.add(rejected(one)));
    return Map.of(
        "objective", objective.canonical(), "rejected texts", TrainingTexts.digest(rejected));
  }

  /** Metadata in the header of the trained adapter. */
  Map<String, String> metadata() {
    return Map.of(ENTRY, objective.canonical());
  }
}
