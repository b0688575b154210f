package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import java.util.List;

/** Computes the gradients of a step where its weights change, batch by batch. */
final class LocalCourse implements StepCourse {
  private final Scope scope;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final AdapterStep step;

  LocalCourse(Scope scope, TrainingTask task, TrainingSettings settings, AdapterStep step) {
    this.scope = scope;
    this.task = task;
    this.settings = settings;
    this.step = step;
  }

  @Override
  public Taken take(TrainingRun run, long first, double rate, TrainedNumbers now) {
    task.before(first, settings.accumulate(), now);
    List<TrainingBatch> batches = task.batches(first, settings.accumulate(), now);
    if (batches.isEmpty()) {
      throw new IllegalStateException("The task gave no batch with the number " + first + ".");
    }
    StepMeans means = new StepMeans(batches.size());
    batches.forEach(b -> means.measures(b.measures()));
    int last = batches.size() - 1;
    for (int b = 0; b < last; b++) {
      told(means, outcome(run, first + b, batches.get(b), rate, means.share(), false));
    }
    TrainingRun.Outcome outcome =
        outcome(run, first + last, batches.get(last), rate, means.share(), true);
    told(means, outcome);
    return means.taken(outcome.gradientNorm(), outcome.skipped(), () -> batches);
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
