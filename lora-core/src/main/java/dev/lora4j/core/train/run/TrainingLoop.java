package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.adapter.RoundedFactors;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One run from the first step, or from a checkpoint, to the adapter. A step depends on its number
 * and the state alone, so that a run that was stopped anywhere resumes as if it had not been. For
 * one thread, that of {@link InterruptibleTask#run}.
 */
public final class TrainingLoop implements AutoCloseable {
  private final Scope scope;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final CheckpointPolicy keeping;
  private final InterruptibleTask sign;
  private final RunListener listener;
  private final AdapterStep step;
  private final StepTaker taker;
  private final Optional<ValidationLoss> validation;
  private final RunCheckpoints checkpoints;

  /**
   * Compiles the step, and the validation if the task holds anything out.
   *
   * @param owner of all that the run needs
   * @param listener called under the sign, which it may be interrupted by
   * @throws IllegalArgumentException if the settings do not fit the plan's method, or the policy
   *     has no place for what it wants mapped
   */
  public TrainingLoop(
      Scope owner,
      TrainingTask task,
      TrainingSettings settings,
      CheckpointPolicy keeping,
      RunListener listener,
      InterruptibleTask sign) {
    this(owner, task, settings, keeping, GradientSource.OWN, listener, sign);
  }

  /**
   * {@link #TrainingLoop(Scope, TrainingTask, TrainingSettings, CheckpointPolicy, RunListener,
   * InterruptibleTask)} with steps of a source.
   *
   * @param source {@link GradientSource#OWN} for those that the run computes itself
   */
  public static TrainingLoop of(
      Scope owner,
      TrainingTask task,
      TrainingSettings settings,
      CheckpointPolicy keeping,
      StepSource source,
      RunListener listener,
      InterruptibleTask sign) {
    return new TrainingLoop(owner, task, settings, keeping, source, listener, sign);
  }

  private TrainingLoop(
      Scope owner,
      TrainingTask task,
      TrainingSettings settings,
      CheckpointPolicy keeping,
      StepSource source,
      RunListener listener,
      InterruptibleTask sign) {
    keeping.requireStorage(owner);
    this.scope = owner.child("run");
    this.task = task;
    this.settings = settings;
    this.keeping = identified(keeping, source);
    this.sign = sign;
    this.listener = sign.telling(listener);
    boolean own = source == GradientSource.OWN;
    step = own ? new AdapterStep(scope, task, settings) : AdapterStep.ofSums(scope, task, settings);
    taker = taker(source);
    validation = ValidationLoss.of(scope, task);
    checkpoints = new RunCheckpoints(this.keeping, settings.steps(), this::memory);
  }

  private StepTaker taker(StepSource source) {
    if (source instanceof RoundSource rounds) {
      return new RoundRunner(scope, task, settings, step, rounds, listener, sign);
    }
    StepCourse course =
        source instanceof GradientSource gradients && gradients != GradientSource.OWN
            ? new SharedCourse(gradients, task, settings)
            : new LocalCourse(scope, task, settings, step);
    return new StepRunner(scope, task, settings, step, course, listener);
  }

  /* Rounds are another training, which a checkpoint of this one must not be gone on with by. */
  private static CheckpointPolicy identified(CheckpointPolicy keeping, StepSource source) {
    Map<String, String> all = new HashMap<>(keeping.identity());
    if (source instanceof RoundSource rounds) {
      all.put(RunCheckpoints.LOCAL, rounds.local().canonical());
    }
    return keeping.identity(all);
  }

  /** Metadata of the task, and of how its steps were taken if that is another training. */
  private Map<String, String> metadata(int done) {
    Map<String, String> all = new LinkedHashMap<>(task.metadata(done));
    all.putAll(taker.metadata());
    return all;
  }

  /** State beside that of the factors: of the task, and of what takes the steps. */
  private Map<String, HostTensor> memory() {
    Map<String, HostTensor> all = new LinkedHashMap<>(task.state());
    all.putAll(taker.memory());
    return all;
  }

  /**
   * Runs to the end.
   *
   * @param name of the adapter
   * @throws TrainingInterrupted after a request to stop; a checkpoint was written then, if there is
   *     a folder for it in which one can be
   * @throws TrainingFailure if it cannot go on
   * @throws IllegalArgumentException if the checkpoint to resume from is of another run
   */
  public TrainedAdapter run(String name) {
    Optional<RunCheckpoints.Resumed> resumed = checkpoints.newest(scope, step);
    TrainingState state =
        resumed
            .map(RunCheckpoints.Resumed::state)
            .orElseGet(() -> step.begin(scope, keeping.storage()));
    int done = resumed.map(RunCheckpoints.Resumed::step).orElse(0);
    double best = resumed.map(RunCheckpoints.Resumed::best).orElse(Double.POSITIVE_INFINITY);
    resumed.ifPresent(r -> taker.restore(r.beside()));
    resumed.ifPresent(r -> task.restore(r.beside()));
    resumed.ifPresent(r -> listener.resumed(r.step(), r.notes()));
    List<Float> losses = new ArrayList<>();
    try (TrainingRun run = step.bind(scope, state)) {
      if (done == 0) {
        listener.preview(0, adapter(name, state, Map.of()));
        best = validate(name, 0, state, best);
      }
      boolean due = false;
      while (done < settings.steps()) {
        if (sign.stopRequested() && task.resumesAfter(done)) {
          Optional<Path> checkpoint = write(state, done, best);
          stopped(name, state, done);
          throw new TrainingInterrupted(done, checkpoint);
        }
        int before = done;
        for (RunListener.Step progress : taker.take(run, done, step.now(name, state))) {
          losses.add(progress.loss());
          done++;
          listener.step(progress);
        }
        if (done == before) {
          continue; // it is time to stop
        }
        boolean last = done == settings.steps();
        if (last || passed(before, done, keeping.validateEvery())) {
          best = validate(name, done, state, best);
        }
        due |= passed(before, done, keeping.every());
        if (last || (due && task.resumesAfter(done))) {
          write(state, done, best);
          due = false;
        }
        // The last one is the result, unless that is the best.
        if ((!last || chosen())
            && keeping.adapterEvery().isPresent()
            && passed(before, done, keeping.adapterEvery().getAsInt())) {
          listener.adapter(done, adapter(name, state, metadata(done)));
        }
        if (last || passed(before, done, keeping.previewEvery())) {
          listener.preview(done, adapter(name, state, Map.of()));
        }
      }
      List<String> notes = new ArrayList<>();
      RunCheckpoints.Best result = best(state, settings.steps(), notes);
      Adapter adapter = result(name, result, notes);
      listener.finished(result.step(), notes);
      return new TrainedAdapter(adapter, losses);
    }
  }

  /** Returns true if a multiple of an interval lies in the steps that were taken. */
  private static boolean passed(int before, int done, int interval) {
    return done / interval > before / interval;
  }

  private void stopped(String name, TrainingState state, int done) {
    if (done > 0) {
      List<String> notes = new ArrayList<>();
      RunCheckpoints.Best result = best(state, done, notes);
      Adapter adapter = result(name, result, notes);
      listener.stopped(result.step(), notes, adapter);
    }
  }

  private Adapter result(String name, RunCheckpoints.Best result, List<String> notes) {
    RoundedFactors rounded = rounded(result.state());
    rounded.lost().ifPresent(notes::add);
    return new Adapter(name, rounded.factors(), metadata(result.step()));
  }

  /** The state that is the result if a step is the last one. */
  private RunCheckpoints.Best best(TrainingState state, int done, List<String> notes) {
    Optional<RunCheckpoints.Best> best =
        chosen() ? checkpoints.best(scope, step, notes) : Optional.empty();
    if (chosen()) {
      notes.add(
          best.map(b -> "Taken are the factors of step " + b.step() + ", which had the least")
              .map(taken -> taken + " validation loss.")
              .orElse("Taken are the factors of step " + done + ", the last one."));
    }
    return best.orElseGet(() -> new RunCheckpoints.Best(state, done));
  }

  private boolean chosen() {
    return keeping.keepBest() && validation.isPresent();
  }

  private Optional<Path> write(TrainingState state, int done, double best) {
    listener.saving(done);
    Optional<Path> file = tried(done, () -> checkpoints.write(state, done, best)).flatMap(f -> f);
    file.ifPresent(f -> listener.saved(done, f));
    return file;
  }

  /** Tries to write: a disk that is full for a while must not cost the training. */
  private <T> Optional<T> tried(int done, Supplier<T> writing) {
    try {
      return Optional.of(writing.get());
    } catch (SafetensorsException | TensorException | UncheckedIOException e) {
      listener.notSaved(done, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** The adapter with the factors that are to be judged and saved. */
  private Adapter adapter(String name, TrainingState state, Map<String, String> metadata) {
    return new Adapter(name, rounded(state).factors(), metadata);
  }

  private RoundedFactors rounded(TrainingState state) {
    try (Scope work = scope.child("result")) {
      float[] flat = state.evaluationWeights(work).floats();
      return step.factors().rounded(flat, step.initial(), settings.stored());
    }
  }

  /** Computes the validation loss and returns the least so far. */
  private double validate(String name, int done, TrainingState state, double best) {
    if (validation.isEmpty()) {
      Map<String, Double> judged = task.judge(() -> adapter(name, state, Map.of()));
      if (!judged.isEmpty()) {
        listener.measured(done, judged);
      }
      return best;
    }
    try (Scope work = scope.child("validation")) {
      Tensor weights = state.evaluationWeights(work);
      ValidationLoss.Means found = validation.get().of(work, weights, step.held());
      double loss = found.loss();
      boolean better =
          loss < best
              && (!keeping.keepBest()
                  || tried(done, () -> checkpoints.keepBest(state, done, loss)).isPresent());
      listener.validated(done, loss, better);
      listener.measured(done, found.measures());
      taker.validated(state, done, loss);
      return better ? loss : best;
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
