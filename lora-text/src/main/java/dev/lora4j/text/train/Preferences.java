package dev.lora4j.text.train;

import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.TokenSequence;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Pairs of a run, each known by its chosen sequence, and what is learned of them. */
final class Preferences {
  private static final String ENTRY = "lora4j_preferences";

  private final PreferenceObjective objective;
  private final List<TokenSequence> learned = new ArrayList<>();
  private final List<TokenSequence> heldOut = new ArrayList<>();

  /** By the sequences themselves, as two pairs may have equal ones. */
  private final IdentityHashMap<TokenSequence, TokenSequence> others = new IdentityHashMap<>();

  Preferences(
      PreferenceObjective objective, List<PreferencePair> learned, List<PreferencePair> heldOut) {
    this.objective = objective;
    learned.forEach(pair -> this.learned.add(known(pair)));
    heldOut.forEach(pair -> this.heldOut.add(known(pair)));
  }

  private TokenSequence known(PreferencePair pair) {
    TokenSequence chosen = pair.chosen().copy();
    others.put(chosen, pair.rejected());
    return chosen;
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
