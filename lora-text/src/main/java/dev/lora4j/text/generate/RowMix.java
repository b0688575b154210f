package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.model.TextModel;
import java.util.List;

/**
 * Adapters of a row.
 *
 * @param alone mix of the plan alone
 * @param content by which equal mixes are found
 * @param merged key of what is merged; rows with equal keys share a run
 */
record RowMix(MixPlan plan, BatchMix alone, MixContent content, Object merged) {
  /** Merged key of rows that have nothing merged. */
  private static final Object NOTHING = List.of();

  /** Returns true if nothing of it is merged. */
  boolean unmerged() {
    return merged.equals(NOTHING);
  }

  /**
   * Adapters of a row on a base.
   *
   * @throws dev.lora4j.core.adapter.AdapterException if they do not fit the base or each other
   */
  static RowMix of(TextModel base, MixPlan plan) {
    BatchMix alone = AdaptedBatch.mix(base, List.of(plan));
    // Columns count within their own mix alone, so the key names those as well.
    Object merged =
        alone.mergedNames(0).isEmpty() ? NOTHING : List.of(alone.stackKey(), alone.mergedKey(0));
    return new RowMix(plan, alone, MixContent.of(plan), merged);
  }
}
