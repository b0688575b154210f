package dev.lora4j.text.train;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.text.align.RewardObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.TokenSequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pairs that a reward model learns, and how. */
final class RatedPairs {
  private static final String ENTRY = "lora4j_reward_model";

  private final RewardObjective objective;
  private final PairedTexts texts;
  private final boolean margins;

  /**
   * Pairs of a run.
   *
   * @throws IllegalArgumentException if some have a margin and others none
   */
  RatedPairs(
      RewardObjective objective, List<PreferencePair> learned, List<PreferencePair> heldOut) {
    this.objective = objective;
    this.texts = new PairedTexts(learned, heldOut);
    long with = texts.all().filter(pair -> pair.margin().isPresent()).count();
    long all = texts.all().count();
    if (with > 0 && with < all) {
      throw new IllegalArgumentException(
          with + " of " + all + " pairs have a margin; give one to all of them or to none.");
    }
    this.margins = with > 0;
  }

  RewardObjective objective() {
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

  /** True if all pairs have a margin. */
  boolean margins() {
    return margins;
  }

  /** The margin of each pair; only where there {@linkplain #margins are} any. */
  double[] margins(List<TokenSequence> chosen) {
    return chosen.stream().mapToDouble(one -> texts.of(one).margin().orElseThrow()).toArray();
  }

  /** Parts of the run that a checkpoint depends on, beside the chosen texts. */
  Map<String, String> identity() {
    Map<String, String> all = new HashMap<>();
    all.put("objective", objective.canonical());
    all.put("rejected texts", texts.digestOfRejected());
    if (margins) {
      List<String> each =
          texts.all().map(p -> CanonicalForm.text(p.margin().orElseThrow())).toList();
      all.put("margins", TrainingTexts.digestOf(each));
    }
    return all;
  }

  /** Metadata in the header of the trained adapter. */
  Map<String, String> metadata() {
    String form =
        CanonicalForm.of("RewardModel")
            .with("loss", "sigmoid")
            .with("margins", margins)
            .with("centring", objective.centring())
            .text();
    return Map.of(ENTRY, form);
  }
}
