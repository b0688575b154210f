package dev.lora4j.text.train;

import dev.lora4j.text.align.UnpairedObjective;
import dev.lora4j.text.data.JudgedCompletion;
import dev.lora4j.text.data.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Judged completions of a run, each known by its sequence, and what is learned of them. */
final class JudgedTexts {
  private static final String ENTRY = "lora4j_preferences";

  private final UnpairedObjective objective;
  private final List<TokenSequence> learned = new ArrayList<>();
  private final List<TokenSequence> heldOut = new ArrayList<>();

  /** By the sequences themselves, as two may be equal. */
  private final IdentityHashMap<TokenSequence, JudgedCompletion> judged = new IdentityHashMap<>();

  /** Completions of a run. */
  JudgedTexts(
      UnpairedObjective objective, List<JudgedCompletion> learned, List<JudgedCompletion> heldOut) {
    this.objective = objective;
    learned.forEach(one -> this.learned.add(known(one)));
    heldOut.forEach(one -> this.heldOut.add(known(one)));
  }

  private TokenSequence known(JudgedCompletion one) {
    TokenSequence own = one.sequence().copy();
    judged.put(own, one);
    return own;
  }

  UnpairedObjective objective() {
    return objective;
  }

  /** The sequences that are learned. */
  List<TokenSequence> learned() {
    return learned;
  }

  /** Those that are held out. */
  List<TokenSequence> heldOut() {
    return heldOut;
  }

  /** Share of good completions among those that are held out. */
  double heldOutShare() {
    return Arrays.stream(good(heldOut)).average().orElse(0);
  }

  /** 1 for good completions and 0 for bad ones. */
  double[] good(List<TokenSequence> sequences) {
    return sequences.stream().mapToDouble(s -> of(s).good() ? 1 : 0).toArray();
  }

  /**
   * The sequences, and with mismatches each prompt with the completion before it in the batch.
   *
   * @param longest the most tokens of a mismatched one, unless its prompt's own is longer
   */
  List<TokenSequence> rows(List<TokenSequence> sequences, int longest) {
    List<TokenSequence> rows = new ArrayList<>(sequences);
    if (objective.loss().mismatches()) {
      for (int i = 0; i < sequences.size(); i++) {
        rows.add(mismatched(sequences.get(i), other(sequences, i), longest));
      }
    }
    return rows;
  }

  /** The one before, in a circle; of one alone the next one of the data. */
  private TokenSequence other(List<TokenSequence> sequences, int i) {
    if (sequences.size() > 1) {
      return sequences.get((i + sequences.size() - 1) % sequences.size());
    }
    TokenSequence one = sequences.get(0);
    List<TokenSequence> all = heldOut.contains(one) ? heldOut : learned;
    return all.get((all.indexOf(one) + 1) % all.size());
  }

  private TokenSequence mismatched(TokenSequence prompt, TokenSequence completion, int longest) {
    int kept = of(prompt).prompt();
    int from = of(completion).prompt();
    int most = Math.max(longest, prompt.ids().length);
    int size = Math.min(most, kept + completion.ids().length - from);
    int[] ids = Arrays.copyOf(prompt.ids(), size);
    System.arraycopy(completion.ids(), from, ids, kept, size - kept);
    boolean[] counted = new boolean[size];
    Arrays.fill(counted, kept, size, true);
    return new TokenSequence(ids, counted, new int[0], -1);
  }

  private JudgedCompletion of(TokenSequence sequence) {
    JudgedCompletion found = judged.get(sequence);
    if (found == null) {
      throw new IllegalArgumentException(
          "There is no judged completion with this text of " + sequence.ids().length + " tokens.");
    }
    return found;
  }

  /** Parts of the run that a checkpoint depends on, beside the texts. */
  Map<String, String> identity() {
    List<TokenSequence> all = new ArrayList<>(learned);
    all.addAll(heldOut);
    return Map.of("objective", objective.canonical(), "judgements", Arrays.toString(good(all)));
  }

  /** Metadata in the header of the trained adapter. */
  Map<String, String> metadata() {
    return Map.of(ENTRY, objective.canonical());
  }
}
