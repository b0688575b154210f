package dev.lora4j.core.train.run;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A step of training whose gradients are computed elsewhere: all that they depend on beside the
 * task and its settings.
 *
 * @param settings digest of the run's settings, see {@link #digest}
 * @param first number of its first batch, from 0 over the whole run
 * @param batches how many it has
 * @param weights that the gradients are taken at, [n], laid out as the run's
 * @param lossScale see {@link dev.lora4j.core.train.LossScale}
 * @param state of the task, see {@link TrainingTask#state}
 */
public record SharedStep(
    String settings,
    long first,
    int batches,
    HostTensor weights,
    double lossScale,
    Map<String, HostTensor> state) {
  /** Copies the state, in its order. */
  public SharedStep {
    state = Collections.unmodifiableMap(new LinkedHashMap<>(state));
  }

  /** Digest of settings, by which those who compute gradients know that theirs are the same. */
  public static String digest(TrainingSettings settings) {
    return Digests.hex(settings.canonical().getBytes(StandardCharsets.UTF_8));
  }
}
