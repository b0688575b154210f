package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import java.util.List;
import java.util.Map;

/** Moves a run on, by a step or by several at once. */
interface StepTaker {
  /**
   * Takes what can be taken before the run is looked at again.
   *
   * @param done steps of the run until now
   * @param now what is trained as it is before
   * @return the steps that were taken; none if it was time to stop
   * @throws TrainingFailure if it cannot go on
   */
  List<RunListener.Step> take(TrainingRun run, int done, TrainedNumbers now);

  /** Is told of a validation loss after so many steps. */
  default void validated(TrainingState state, int done, double loss) {}

  /** State beside that of the run, for checkpoints; by name. */
  default Map<String, HostTensor> memory() {
    return Map.of();
  }

  /** Goes back to a {@link #memory}. */
  default void restore(Map<String, HostTensor> memory) {}

  /** Entries of headers of adapters that are trained so. */
  default Map<String, String> metadata() {
    return Map.of();
  }
}
