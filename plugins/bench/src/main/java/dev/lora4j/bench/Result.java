package dev.lora4j.bench;

import dev.lora4j.core.tensor.DType;
import java.util.List;

/**
 * Result of one pair.
 *
 * @param name benchmark and case, for example {@code transformer-step/4x256}
 * @param ours median over the rounds, in {@code unit}
 * @param peer median over the rounds, in {@code unit}
 * @param peerName who or what the peer is
 * @param ratio of ours to the peer's, of each round
 * @param unit for example {@code ms}
 * @param dtype the type that both computed in
 */
public record Result(
    String name,
    double ours,
    double peer,
    String peerName,
    Spread ratio,
    String unit,
    DType dtype,
    Target target,
    List<Detail> details) {
  /** Copies the list. */
  public Result {
    details = List.copyOf(details);
  }
}
