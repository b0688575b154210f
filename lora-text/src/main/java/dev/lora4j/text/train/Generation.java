package dev.lora4j.text.train;

import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.data.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Completions that were written together, and what is known of each.
 *
 * @param number of the generation, from 0
 * @param batches prompts with completions, of which the completions alone count, in the batches of
 *     a step
 * @param scored the completions in the same order
 * @param measures numbers of all of them, to report
 * @param known of each sequence itself, as two may be equal
 */
record Generation(
    long number,
    List<List<TokenSequence>> batches,
    List<ScoredRollout> scored,
    Map<String, Double> measures,
    IdentityHashMap<TokenSequence, Known> known) {
  /**
   * Known numbers of a completion.
   *
   * @param advantage by how much it is better than others of its prompt
   * @param before log-probability of each token that counts when it was written; none where the
   *     loss does not need them
   * @param reference the same under the reference; none where the loss computes them itself
   * @param valued its tokens by a value head, where there is one
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Known(
      double advantage,
      double[] before,
      double[] reference,
      Optional<ValuedTokens.Completion> valued) {
    /** Numbers without a value head. */
    Known(double advantage, double[] before, double[] reference) {
      this(advantage, before, reference, Optional.empty());
    }
  }

  /**
   * Completions of the greatest length, of which nothing is known: for a count of what a step
   * costs.
   *
   * @param group completions of each prompt
   * @param maxNewTokens the most tokens of one
   * @param longest the most tokens with the prompt
   */
  static Generation longest(List<TokenSequence> prompts, int group, int maxNewTokens, int longest) {
    IdentityHashMap<TokenSequence, Known> known = new IdentityHashMap<>();
    List<TokenSequence> all = new ArrayList<>();
    for (TokenSequence prompt : prompts) {
      for (int g = 0; g < group; g++) {
        TokenSequence grown = CompletionWriter.longest(prompt, maxNewTokens, longest);
        double[] none = new double[grown.learned()];
        Optional<ValuedTokens.Completion> valued =
            Optional.of(new ValuedTokens.Completion(none, none, none));
        known.put(grown, new Known(0, none, none, valued));
        all.add(grown);
      }
    }
    return new Generation(0, List.of(all), List.of(), Map.of(), known);
  }

  /** Advantages of completions. */
  double[] advantages(List<TokenSequence> written) {
    return written.stream().mapToDouble(s -> known(s).advantage).toArray();
  }

  /** Log-probabilities of the tokens of completions when they were written. */
  double[] before(List<TokenSequence> written) {
    return written.stream().flatMapToDouble(s -> Arrays.stream(known(s).before)).toArray();
  }

  /** The same under the reference. */
  double[] reference(List<TokenSequence> written) {
    return written.stream().flatMapToDouble(s -> Arrays.stream(known(s).reference)).toArray();
  }

  /** Numbers of tokens of completions by a value head. */
  double[] valued(List<TokenSequence> written, Function<ValuedTokens.Completion, double[]> which) {
    return written.stream()
        .flatMapToDouble(s -> Arrays.stream(which.apply(known(s).valued.orElseThrow())))
        .toArray();
  }

  private Known known(TokenSequence sequence) {
    Known found = known.get(sequence);
    if (found == null) {
      throw new IllegalArgumentException("This is no completion of this step.");
    }
    return found;
  }
}
