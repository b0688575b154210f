package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import java.util.List;

/**
 * Computes the gradients of a step where its weights change, batch by batch: of all its batches, or
 * of a part of them, as if these were all.
 */
final class LocalCourse implements StepCourse {
  private final Scope scope;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final AdapterStep step;
  private final int from;
  private final int to;

  /** Of all batches. */
  LocalCourse(Scope scope, TrainingTask task, TrainingSettings settings, AdapterStep step) {
    this(scope, task, settings, step, 0, settings.accumulate());
  }

  /**
   * Of a part of the batches.
   *
   * @param from the first, from 0 within the step
   * @param to that after the last
   */
  LocalCourse(
      Scope scope,
      TrainingTask task,
      TrainingSettings settings,
      AdapterStep step,
      int from,
      int to) {
    this.from = from;
    this.to = to;
    this.scope = scope;
    this.task = task;
    this.settings = settings;
    this.step = step;
  }

  @Override
  public Taken take(TrainingRun run, long first, double rate, TrainedNumbers now) {
    task.before(first, settings.accumulate(), now);
    List<TrainingBatch> all = task.batches(first, settings.accumulate(), now);
    if (all.isEmpty()) {
      throw new IllegalStateException("The task gave no batch with the number " + first + ".");
    }
    List<TrainingBatch> batches = all.subList(from, Math.min(to, all.size()));
    StepMeans means = new StepMeans(batches.size());
    batches.forEach(b -> means.measures(b.measures()));
    int last = batches.size() - 1;
    for (int b = 0; b < last; b++) {
      told(means, outcome(run, first + from + b, batches.get(b), rate, means.share(), false));
    }
    TrainingRun.Outcome outcome =
        outcome(run, first + from + last, batches.get(last), rate, means.share(), true);
    told(means, outcome);
    return means.taken(outcome.gradientNorm(), outcome.skipped(), first + from, () -> batches);
  }

  private TrainingRun.Outcome outcome(
      TrainingRun run, long number, TrainingBatch batch, double rate, double share, boolean last) {
    try (Scope inputs = scope.child("batch")) {
      List<Tensor> tensors = step.inputs(inputs, number, batch);
      return last ? run.step(rate, share, tensors) : run.accumulate(share, tensors);
    }
  }

  private static void told(StepMeans means, TrainingRun.Outcome outcome) {
    means.loss(outcome.loss());
    means.measures(outcome.measures());
  }
}
