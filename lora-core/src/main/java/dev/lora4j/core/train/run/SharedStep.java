package dev.lora4j.core.train.run;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A step of training whose gradients are computed elsewhere: all that they depend on beside the
 * task and its settings.
 *
 * @param run whose step it is
 * @param first number of its first batch, from 0 over the whole run
 * @param batches how many it has
 * @param weights that the gradients are taken at, [n], laid out as the run's
 * @param lossScale see {@link dev.lora4j.core.train.LossScale}
 * @param state of the task before the step, see {@link TrainingTask#state}
 */
public record SharedStep(
    Run run,
    long first,
    int batches,
    HostTensor weights,
    double lossScale,
    Map<String, HostTensor> state) {
  /** Copies the state, in its order. */
  public SharedStep {
    state = Collections.unmodifiableMap(new LinkedHashMap<>(state));
  }

  /**
   * Identity of a run, which those who compute its gradients have to share.
   *
   * @param settings digest of the settings
   * @param task see {@link TrainingTask#identity}
   */
  public record Run(String settings, SortedMap<String, String> task) {
    /** Copies the map. */
    public Run {
      task = Collections.unmodifiableSortedMap(new TreeMap<>(task));
    }

    /** Identity of the run of a task by these settings. */
    public static Run of(TrainingTask task, TrainingSettings settings) {
      byte[] canonical = settings.canonical().getBytes(StandardCharsets.UTF_8);
      return new Run(Digests.hex(canonical), new TreeMap<>(task.identity()));
    }

    /**
     * Refuses another run.
     *
     * @throws IllegalArgumentException with the names of what is not alike
     */
    void require(Run other) {
      TreeSet<String> names = new TreeSet<>(task.keySet());
      names.addAll(other.task.keySet());
      names.removeIf(name -> Objects.equals(task.get(name), other.task.get(name)));
      if (!other.settings.equals(settings) || !names.isEmpty()) {
        throw new IllegalArgumentException(
            "The training has other settings than those that gradients are computed by here"
                + (names.isEmpty() ? "" : ": not the same are " + String.join(", ", names))
                + ". Make both by the same method, from the same data.");
      }
    }
  }
}
