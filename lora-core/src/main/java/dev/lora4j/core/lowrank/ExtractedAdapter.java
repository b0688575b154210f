package dev.lora4j.core.lowrank;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Adapter extracted from two checkpoints.
 *
 * @param truncated the adapter, and how near it is at each site where it has a rank
 * @param unchanged sites without a sufficient difference
 */
public record ExtractedAdapter(TruncatedAdapter truncated, SortedSet<String> unchanged) {
  /** Copies its set. */
  public ExtractedAdapter {
    unchanged = Collections.unmodifiableSortedSet(new TreeSet<>(unchanged));
  }
}
