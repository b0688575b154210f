package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Steps of a task, for a run that is elsewhere. */
public final class TaskWorker implements TrainingWorker {
  private final Scope scope;
  private final int threads;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final SharedStep.Run shared;
  private Optional<TaskGradients> gradients = Optional.empty();
  private Optional<TaskRounds> rounds = Optional.empty();

  private TaskWorker(Scope scope, int threads, TrainingSettings settings, TrainingTask task) {
    this.scope = scope;
    this.threads = threads;
    this.task = task;
    this.settings = settings;
    settings.requireFits(task.plan());
    shared = SharedStep.Run.of(task, settings);
  }

  /**
   * Opens a task. A program is compiled when it is first asked for gradients, or for a round.
   *
   * @param owner closes all that they need, unless they are closed before
   * @param threads that operators use, see {@link dev.lora4j.core.tensor.Engine#limited}
   * @param task makes it; what it needs belongs to the scope that it is given
   * @throws IllegalArgumentException as {@link AdapterStep}
   */
  public static TaskWorker of(
      Scope owner, int threads, TrainingSettings settings, Function<Scope, TrainingTask> task) {
    Scope scope = owner.child("worker");
    try {
      return scope
          .engine()
          .limited(threads, () -> new TaskWorker(scope, threads, settings, task.apply(scope)));
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  @Override
  public GradientShare share(SharedStep wanted, int from, int to) {
    if (from < 0 || from >= to || to > wanted.batches()) {
      throw new IllegalArgumentException(
          "A step of " + wanted.batches() + " batches has none from " + from + " to " + to + ".");
    }
    shared.require(wanted.run());
    return limited(
        () -> {
          TaskGradients own = gradients.orElseGet(() -> new TaskGradients(scope, task, settings));
          gradients = Optional.of(own);
          return own.share(wanted, from, to);
        });
  }

  @Override
  public RoundShare round(SharedRound wanted, int part) {
    boolean there = part >= 0 && part < wanted.parts() && wanted.parts() <= settings.accumulate();
    if (!there || wanted.first() + wanted.steps() > settings.steps()) {
      throw new IllegalArgumentException(
          "A round in "
              + wanted.parts()
              + " parts from step "
              + (wanted.first() + 1)
              + " to "
              + (wanted.first() + wanted.steps())
              + " has no part "
              + (part + 1)
              + " in a training of "
              + settings.steps()
              + " steps of "
              + settings.accumulate()
              + " batches.");
    }
    shared.require(wanted.run());
    return limited(
        () -> {
          TaskRounds own = rounds.orElseGet(() -> new TaskRounds(scope, task, settings));
          rounds = Optional.of(own);
          return own.share(wanted, part);
        });
  }

  private <T> T limited(Supplier<T> work) {
    return scope.engine().limited(threads, work);
  }

  @Override
  public void close() {
    scope.close();
  }
}
