package dev.lora4j.core.mixer;

import dev.lora4j.core.lowrank.RankRules;
import java.util.Optional;

/**
 * How many directions are kept of a mixture.
 *
 * @param products of changes that are products of two factors; all if absent
 * @param wholes of all other changes of layers' weights; stored whole if absent
 */
record Kept(Optional<RankRules> products, Optional<RankRules> wholes) {
  /** Nothing is cut. */
  static final Kept ALL = new Kept(Optional.empty(), Optional.empty());
}
