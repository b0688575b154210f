package dev.lora4j.text.align;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Rewards of completions by each of several functions.
 *
 * @param each of each function in order, one for each completion, without weights; empty where it
 *     had nothing to say
 * @param sums of each completion, by weights; empty where no function had anything to say
 */
public record RewardTable(List<List<OptionalDouble>> each, List<OptionalDouble> sums) {
  /** Copies the lists. */
  public RewardTable {
    each = each.stream().map(List::copyOf).toList();
    sums = List.copyOf(sums);
  }
}
