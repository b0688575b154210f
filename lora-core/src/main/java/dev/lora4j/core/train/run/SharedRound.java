package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.LossScale;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A round of steps that are taken elsewhere: all that they depend on beside the task and its
 * settings.
 *
 * @param run whose round it is
 * @param first number of the first step, from 0 over the whole run
 * @param steps how many
 * @param parts into how many the batches of each step are divided
 * @param contents of the state before the round, see {@link
 *     dev.lora4j.core.train.TrainingState#contents}
 * @param lossScale before the round
 */
public record SharedRound(
    SharedStep.Run run,
    int first,
    int steps,
    int parts,
    Map<String, HostTensor> contents,
    LossScale lossScale) {
  /** Copies the contents, in their order. */
  public SharedRound {
    contents = Collections.unmodifiableMap(new LinkedHashMap<>(contents));
  }

  /** First batch of a part within each step; that of the part after the last is their number. */
  int from(int part, int batches) {
    return (int) ((long) batches * part / parts);
  }
}
