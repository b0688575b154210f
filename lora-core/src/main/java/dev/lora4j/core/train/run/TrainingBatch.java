package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;

/** A batch of a {@link TrainingTask}. */
public interface TrainingBatch {
  /**
   * The inputs that the task's loss declares, in their order; the same numbers each time, as a step
   * that was not finite is looked at again.
   *
   * @param scope owner of the tensors
   */
  List<Tensor> inputs(Scope scope);

  /** What is in it, as messages name it: files, or lines of files. */
  List<String> items();

  /** How much its loss counts in the mean of what is held out, above 0; for example its words. */
  default double weight() {
    return 1;
  }
}
