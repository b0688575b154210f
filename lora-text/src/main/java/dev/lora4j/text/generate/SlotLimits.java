package dev.lora4j.text.generate;

import java.util.Optional;

/**
 * Limits of a cache's slots.
 *
 * @param rows the most slots
 * @param longest the most tokens of one
 * @param tokens the most tokens of all slots together
 */
record SlotLimits(int rows, int longest, long tokens) {
  /** The shape that a cache of a shape needs to have room for another; empty if none may. */
  Optional<CacheShape> shape(CacheShape now, CacheShape needed) {
    if (needed.rows() > rows || needed.room() > longest) {
      return Optional.empty();
    }
    return now.holds(needed) ? Optional.of(now) : needed.spacious(rows, longest, tokens);
  }
}
