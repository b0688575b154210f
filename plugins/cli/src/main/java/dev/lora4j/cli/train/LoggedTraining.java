package dev.lora4j.cli.train;

import java.util.List;
import java.util.Map;

/**
 * A finished training, and what was told of it.
 *
 * @param <T> what was trained
 * @param losses of all steps, also of those before a run was resumed; none for a finished run whose
 *     table is gone
 * @param untrained what was measured of what was held out before the first step, by name
 * @param heldOut what was measured last of what was held out, by name
 */
public record LoggedTraining<T>(
    T trained, List<Double> losses, Map<String, Double> untrained, Map<String, Double> heldOut) {
  /** Copies the losses. */
  public LoggedTraining {
    losses = List.copyOf(losses);
  }
}
