package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.training.DirectionRule.Progress;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.DirectionUpdate;
import dev.lora4j.core.train.MaskUpdate;
import dev.lora4j.core.train.MaxNorm;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Takes the steps of a run, and finds out why one changed nothing. */
final class StepRunner implements StepTaker {
  /** Number of steps in a row without a finite gradient that are no accident. */
  static final int MOST_SKIPPED = 10;

  private final Scope scope;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final AdapterStep step;
  private final RunListener listener;
  private final StepCourse course;
  private final Optional<MaxNorm> maxNorm;
  private final Optional<MaskUpdate> masks;
  private final Optional<DirectionUpdate> directions;
  private Optional<NonFiniteDiagnosis> diagnosis = Optional.empty();
  private int skippedInARow;

  StepRunner(
      Scope scope,
      TrainingTask task,
      TrainingSettings settings,
      AdapterStep step,
      StepCourse course,
      RunListener listener) {
    this.course = course;
    this.scope = scope;
    this.task = task;
    this.settings = settings;
    this.step = step;
    this.listener = listener;
    maxNorm = step.maxNorm(scope);
    masks = step.masks(scope);
    directions = step.directions(scope);
  }

  @Override
  public List<RunListener.Step> take(TrainingRun run, int done, TrainedNumbers now) {
    return List.of(step(run, done, now));
  }

  /**
   * Takes step {@code number}, from 0.
   *
   * @param now what is trained as it is before the step
   * @throws TrainingFailure if too many in a row changed nothing
   */
  RunListener.Step step(TrainingRun run, int number, TrainedNumbers now) {
    if (number == 0) {
      masks.ifPresent(all -> all.apply(run.state()));
    }
    directions.ifPresent(all -> all.begin(run.state(), number));
    long first = (long) number * settings.accumulate();
    double rate =
        directions
            .map(all -> settings.rate() * all.rule().rate(number, settings.schedule()::factor))
            .orElseGet(() -> settings.rate(number));
    StepCourse.Taken outcome = course.take(run, first, rate, now);
    if (outcome.skipped()) {
      skippedInARow++;
      skipped(run.state(), number, outcome.first(), outcome.batches().get());
    } else {
      skippedInARow = 0;
      maxNorm.ifPresent(limit -> limit.apply(run.state()));
      masks.ifPresent(all -> all.apply(run.state()));
    }
    OptionalDouble counted =
        outcome.skipped() ? OptionalDouble.empty() : OptionalDouble.of((float) outcome.loss());
    choose(run.state(), new Progress(number + 1L, counted, OptionalDouble.empty()));
    RunListener.Step taken =
        new RunListener.Step(
            number + 1,
            settings.steps(),
            (float) outcome.loss(),
            outcome.gradientNorm(),
            rate,
            outcome.skipped(),
            outcome.measures());
    task.taken(taken);
    return taken;
  }

  /** Tells what chooses directions of it. */
  @Override
  public void validated(TrainingState state, int done, double loss) {
    directions.ifPresent(all -> all.begin(state, done));
    choose(state, new Progress(done, OptionalDouble.empty(), OptionalDouble.of(loss)));
  }

  private void choose(TrainingState state, Progress progress) {
    directions
        .flatMap(all -> all.apply(state, progress))
        .ifPresent(change -> listener.changed((int) progress.step(), change));
  }

  private void skipped(TrainingState state, int number, long first, List<TrainingBatch> batches) {
    NonFiniteStep found = look(state, first, batches);
    // A scaled loss overflows now and then; the scale is halved, and the next step is taken with
    // it.
    boolean expected = step.step().settings().scaled() && found.layer().isEmpty();
    if (!expected) {
      listener.notFinite(number + 1, found);
    }
    if (skippedInARow >= MOST_SKIPPED) {
      throw new TrainingFailure(
          MOST_SKIPPED
              + " steps in a row changed nothing, as "
              + found
              + ". Lower the learning rate, take precision bf16 or f32, or look at these "
              + task.items()
              + "; --resume goes on from the last checkpoint.");
    }
  }

  /** Diagnosis of the first batch of a step that has a finding. */
  private NonFiniteStep look(TrainingState state, long first, List<TrainingBatch> batches) {
    NonFiniteStep found = new NonFiniteStep(Optional.empty(), Optional.empty(), List.of());
    for (int b = 0; b < batches.size(); b++) {
      TrainingBatch batch = batches.get(b);
      try (Scope inputs = scope.child("batch")) {
        List<Tensor> tensors = step.inputs(inputs, first + b, batch);
        found = diagnosis(state).look(tensors, batch.items());
      }
      if (found.layer().isPresent() || found.weight().isPresent()) {
        return found;
      }
    }
    return found;
  }

  private NonFiniteDiagnosis diagnosis(TrainingState state) {
    if (diagnosis.isEmpty()) {
      TaskLoss watched = Staging.of(task, Staging.Purpose.DIAGNOSIS);
      diagnosis = Optional.of(new NonFiniteDiagnosis(scope, watched, state.weights(), step.held()));
    }
    return diagnosis.get();
  }
}
