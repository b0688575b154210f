package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.LossScale;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Result of one part of a round.
 *
 * @param contents of its state
 * @param lossScale after the round
 * @param batches that it had of each step
 * @param steps that it took, in order
 * @param notFinite where numbers were not finite, by the numbers of steps, from 1
 */
public record RoundShare(
    Map<String, HostTensor> contents,
    LossScale lossScale,
    int batches,
    List<RunListener.Step> steps,
    SortedMap<Integer, NonFiniteStep> notFinite) {
  /** Copies the maps and the list. */
  public RoundShare {
    contents = Collections.unmodifiableMap(new LinkedHashMap<>(contents));
    steps = List.copyOf(steps);
    notFinite = Collections.unmodifiableSortedMap(new TreeMap<>(notFinite));
  }
}
