package dev.lora4j.core.train.run;

import dev.lora4j.core.train.TrainingRun;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The way from the batches of a step to changed weights. */
interface StepCourse {
  /**
   * A step as it was taken.
   *
   * @param loss mean over its batches
   * @param gradientNorm before clipping
   * @param skipped whether the gradient was not finite, so that nothing changed
   * @param measures means of the numbers beside the loss, by their names, in order
   * @param first number of the first of its batches, from 0 over the whole run
   * @param batches of the step, for a diagnosis
   */
  record Taken(
      double loss,
      float gradientNorm,
      boolean skipped,
      Map<String, Double> measures,
      long first,
      Supplier<List<TrainingBatch>> batches) {}

  /**
   * Takes a step.
   *
   * @param first number of its first batch
   * @param rate learning rate
   * @param now what is trained as it is before the step
   */
  Taken take(TrainingRun run, long first, double rate, TrainedNumbers now);
}
