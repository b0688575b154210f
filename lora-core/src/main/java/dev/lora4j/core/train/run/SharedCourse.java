package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;

/** Takes the gradients of a step from a {@link GradientSource}. */
final class SharedCourse implements StepCourse {
  private final GradientSource source;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final SharedStep.Run shared;

  SharedCourse(GradientSource source, TrainingTask task, TrainingSettings settings) {
    this.source = source;
    this.task = task;
    this.settings = settings;
    shared = SharedStep.Run.of(task, settings);
  }

  @Override
  public Taken take(TrainingRun run, long first, double rate, TrainedNumbers now) {
    TrainingState state = run.state();
    SharedStep step =
        new SharedStep(
            shared,
            first,
            settings.accumulate(),
            HostTensor.of(state.weights()),
            state.lossScale().scale(),
            task.state());
    task.before(first, step.batches(), now);
    GradientShare whole = source.gradients(step);
    if (whole.batches().size() != step.batches()) {
      throw new TrainingFailure(
          "Gradients of "
              + whole.batches().size()
              + " batches came back for a step of "
              + step.batches()
              + ".");
    }
    StepMeans means = new StepMeans(step.batches());
    for (GradientShare.Measured batch : whole.batches()) {
      means.loss(batch.loss());
      means.measures(batch.measures());
    }
    TrainingRun.Update update = run.update(rate, whole.sum());
    return means.taken(
        update.gradientNorm(),
        update.skipped(),
        first,
        () -> task.batches(first, step.batches(), now));
  }
}
