package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** A batch of a {@link TrainingTask}. */
public interface TrainingBatch {
  /**
   * The inputs that the task's loss declares, in their order; the same numbers each time, as a step
   * that was not finite is looked at again.
   *
   * @param scope owner of the tensors
   */
  List<Tensor> inputs(Scope scope);

  /**
   * How far each sample is on its way from noise, 0, to the picture, 1; empty if there is no noise.
   */
  default List<Double> progress() {
    return List.of();
  }

  /** Items of the batch as messages name them: files, or lines of files. */
  List<String> items();

  /** Numbers of the batch that are known before its step, to report, by their names, in order. */
  default Map<String, Double> measures() {
    return Map.of();
  }

  /** Weight of its loss in the mean of the validation, above 0; for example its number of words. */
  default double weight() {
    return 1;
  }
}
