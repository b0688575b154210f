package dev.lora4j.text.train;

import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.TokenSequence;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.Stream;

/** Pairs of a run, each known by its chosen sequence. */
final class PairedTexts {
  private final List<TokenSequence> learned = new ArrayList<>();
  private final List<TokenSequence> heldOut = new ArrayList<>();

  /** By the sequences themselves, as two pairs may have equal ones, or share one. */
  private final IdentityHashMap<TokenSequence, PreferencePair> pairs = new IdentityHashMap<>();

  PairedTexts(List<PreferencePair> learned, List<PreferencePair> heldOut) {
    learned.forEach(pair -> this.learned.add(known(pair)));
    heldOut.forEach(pair -> this.heldOut.add(known(pair)));
  }

  private TokenSequence known(PreferencePair pair) {
    TokenSequence chosen = pair.chosen().copy();
    pairs.put(chosen, new PreferencePair(chosen, pair.rejected().copy(), pair.margin()));
    return chosen;
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
    chosen.forEach(one -> rows.add(of(one).rejected()));
    return rows;
  }

  /** The pair of a chosen sequence. */
  PreferencePair of(TokenSequence chosen) {
    PreferencePair found = pairs.get(chosen);
    if (found == null) {
      throw new IllegalArgumentException(
          "There is no pair with this chosen text of " + chosen.ids().length + " tokens.");
    }
    return found;
  }

  /** Digest of the rejected sequences of all pairs. */
  String digestOfRejected() {
    return TrainingTexts.digest(all().map(PreferencePair::rejected).toList());
  }

  /** The pairs that are learned, then those that are held out. */
  Stream<PreferencePair> all() {
    return Stream.concat(learned.stream(), heldOut.stream()).map(this::of);
  }
}
