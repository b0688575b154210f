package dev.lora4j.core.mixer;

import dev.lora4j.core.lowrank.RankRule;
import java.util.Optional;

/**
 * Number of directions to keep of a mixture at each layer.
 *
 * @param products of changes that are products of two factors; all where there is no rule
 * @param wholes of all other changes of layers' weights; stored whole where there is no rule
 */
record TruncationPolicy(Rules products, Rules wholes) {
  /** A rule for each layer's weight. */
  @FunctionalInterface
  interface Rules {
    Optional<RankRule> at(MixedParameter parameter);
  }

  /** Policy without truncation. */
  static final TruncationPolicy ALL =
      new TruncationPolicy(p -> Optional.empty(), p -> Optional.empty());
}
