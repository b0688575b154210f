package dev.lora4j.text.train;

import dev.lora4j.text.data.TokenSequence;
import java.util.IdentityHashMap;
import java.util.List;

/** Log-probabilities of sequences under a reference, outside of the program that trains. */
interface KnownLikelihoods {
  /** Of each sequence, summed over what is learned of it. */
  double[] of(List<TokenSequence> sequences);

  /** Computes them for each batch. */
  static KnownLikelihoods each(FrozenReference reference) {
    return reference::likelihoods;
  }

  /**
   * Computes those of a sequence when it is first met, and keeps them. Each alone, so that they do
   * not depend on the sequences beside it, and a run that resumes has the same.
   */
  static KnownLikelihoods once(FrozenReference reference) {
    IdentityHashMap<TokenSequence, Double> kept = new IdentityHashMap<>();
    return sequences ->
        sequences.stream()
            .mapToDouble(
                one -> kept.computeIfAbsent(one, s -> reference.likelihoods(List.of(s))[0]))
            .toArray();
  }
}
