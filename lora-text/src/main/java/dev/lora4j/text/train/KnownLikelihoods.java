package dev.lora4j.text.train;

import dev.lora4j.text.data.TokenSequence;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/** Log-probabilities of sequences under a reference, outside of the program that trains. */
interface KnownLikelihoods {
  /** Of each sequence, summed over what is learned of it, as far as that counts. */
  double[] of(List<TokenSequence> sequences);

  /** Computes them for each batch; all tokens count alike without shares. */
  static KnownLikelihoods each(FrozenReference reference, Optional<TokenShares> shares) {
    return sequences -> reference.likelihoods(sequences, shares);
  }

  /** Computes them for each batch under a reference as it is then; see {@link #each}. */
  static KnownLikelihoods moving(MovingReference reference, Optional<TokenShares> shares) {
    return sequences -> reference.reference().likelihoods(sequences, shares);
  }

  /**
   * Computes those of a sequence when it is first met, and keeps them. Each alone, so that they do
   * not depend on the sequences beside it, and a run that resumes has the same.
   */
  static KnownLikelihoods once(FrozenReference reference, Optional<TokenShares> shares) {
    IdentityHashMap<TokenSequence, Double> kept = new IdentityHashMap<>();
    return sequences ->
        sequences.stream()
            .mapToDouble(
                one -> kept.computeIfAbsent(one, s -> reference.likelihoods(List.of(s), shares)[0]))
            .toArray();
  }
}
