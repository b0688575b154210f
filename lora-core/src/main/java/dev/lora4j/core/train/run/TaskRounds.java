package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;

/** Parts of rounds of a task, for a run that is elsewhere. For one thread at a time. */
final class TaskRounds {
  private final Scope scope;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final AdapterStep step;
  private final TrainingState state;
  private final TrainingRun run;

  /** Compiles the step. */
  TaskRounds(Scope scope, TrainingTask task, TrainingSettings settings) {
    this.scope = scope;
    this.task = task;
    this.settings = settings;
    step = new AdapterStep(scope, task, settings);
    state = step.begin(scope);
    run = step.bind(scope, state);
  }

  /**
   * Takes the steps of a part.
   *
   * @param part from 0
   * @throws CancellationException if the thread is interrupted between two steps
   */
  RoundShare share(SharedRound wanted, int part) {
    int from = wanted.from(part, settings.accumulate());
    int to = wanted.from(part + 1, settings.accumulate());
    run.restore(wanted.contents(), wanted.lossScale());
    SortedMap<Integer, NonFiniteStep> notFinite = new TreeMap<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void step(Step done) {}

          @Override
          public void notFinite(int number, NonFiniteStep where) {
            notFinite.put(number, where);
          }
        };
    LocalCourse course = new LocalCourse(scope, task, settings, step, from, to);
    List<RunListener.Step> steps = new ArrayList<>();
    try (Scope own = scope.child("round")) {
      StepRunner runner = new StepRunner(own, task, settings, step, course, listener);
      for (int s = wanted.first(); s < wanted.first() + wanted.steps(); s++) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancellationException("The round was given up.");
        }
        steps.add(runner.step(run, s, step.now("trained", state)));
      }
    }
    return new RoundShare(state.contents(), state.lossScale(), to - from, steps, notFinite);
  }
}
