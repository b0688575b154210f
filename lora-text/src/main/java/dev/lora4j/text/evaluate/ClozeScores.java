package dev.lora4j.text.evaluate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Share of texts that a model goes on with as they do: each token of what follows is the likeliest
 * one after those before it, as LAMBADA counts the last words of passages (Paperno et al. 2016).
 *
 * @param right how many texts were gone on with so
 * @param asked how many there were
 */
public record ClozeScores(int right, int asked) {
  private static final int BATCH = 8;

  /** Share of the texts, 0 to 1. */
  public double accuracy() {
    return (double) right / asked;
  }

  /**
   * The scores of sequences, each with tokens that are learned: those are to be told. A token that
   * ends texts is not asked for.
   *
   * @param mix the model's adapters
   * @param listener receives the number of sequences that are done
   * @throws IllegalArgumentException if the model reads inputs apart from outputs, or there is no
   *     sequence
   */
  public static ClozeScores of(
      LanguageModel model, List<TokenSequence> sequences, MixPlan mix, IntConsumer listener) {
    if (!(model.network() instanceof CausalNetwork)) {
      throw new IllegalArgumentException(
          model.base().path() + " writes outputs for inputs; it does not go on from a text.");
    }
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("There is no text to go on from.");
    }
    int right = 0;
    try (Scope scope = model.scope().child("cloze")) {
      RowLogits logits = new RowLogits(scope, model, List.of(mix));
      for (int from = 0; from < sequences.size(); from += BATCH) {
        List<TokenSequence> batch =
            sequences.subList(from, Math.min(sequences.size(), from + BATCH));
        try (Scope step = scope.child("batch")) {
          Tensor rows = logits.of(step, Collections.nCopies(batch.size(), 0), batch);
          right += right(model, batch, rows);
        }
        listener.accept(from + batch.size());
      }
    }
    return new ClozeScores(right, sequences.size());
  }

  private static int right(LanguageModel model, List<TokenSequence> batch, Tensor logits) {
    Set<Integer> ends = Set.copyOf(model.tokenizer().special().ends());
    float[] all = logits.floats();
    int words = Math.toIntExact(logits.shape().size(1));
    int at = 0;
    int right = 0;
    for (TokenSequence sequence : batch) {
      boolean told = true;
      for (int i = 1; i < sequence.ids().length; i++) {
        if (sequence.counted()[i]) {
          int id = sequence.ids()[i];
          told &= ends.contains(id) || likeliest(all, at * words, words) == id;
          at++;
        }
      }
      right += told ? 1 : 0;
    }
    return right;
  }

  /** The first of equals. */
  private static int likeliest(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = values[from + i] > values[from + best] ? i : best;
    }
    return best;
  }
}
