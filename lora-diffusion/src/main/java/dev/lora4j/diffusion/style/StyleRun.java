package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.MaxNorm;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One run from the first step, or from a checkpoint, to the adapter. What a step does depends on
 * its number and the state alone, so that a run that was stopped anywhere goes on as if it had not
 * been.
 */
final class StyleRun implements AutoCloseable {
  /** So many steps in a row without a finite gradient are no accident. */
  private static final int MOST_SKIPPED = 10;

  private final Scope scope;
  private final StableDiffusion base;
  private final StyleSettings settings;
  private final AdapterPlan plan;
  private final Objective objective;
  private final Samples samples;
  private final Keeping keeping;
  private final StyleListener listener;
  private final StopSign sign;
  private final StyleInputs captions;
  private final StyleStep step;
  private final Optional<MaxNorm> maxNorm;
  private final Optional<ValidationLoss> validation;
  private Optional<Diagnosis> diagnosis = Optional.empty();
  private int skippedInARow;

  StyleRun(
      Scope owner,
      StableDiffusion base,
      StyleSettings settings,
      Samples samples,
      ContentCache cache,
      Keeping keeping,
      StyleListener listener,
      StopSign sign) {
    this.scope = owner.child("style");
    this.base = base;
    this.settings = settings;
    this.samples = samples;
    this.keeping = keeping;
    this.listener = listener;
    this.sign = sign;
    plan = settings.recipe().plan(base.base().sites().all());
    objective = new Objective(base.base().schedule(), settings.objective());
    captions =
        new StyleInputs(
            base,
            new EncodedCaptions(base, cache, settings.clipSkip()),
            StyleProgram.trainsText(plan));
    step = new StyleStep(scope, base.base(), plan, objective, settings, captions);
    maxNorm = step.maxNorm(scope);
    List<TrainingSample> heldOut = samples.validation();
    validation =
        heldOut.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new ValidationLoss(
                    scope,
                    base.base(),
                    plan,
                    objective,
                    settings,
                    keeping.timesteps(),
                    captions,
                    heldOut));
  }

  /**
   * Runs to the end.
   *
   * @param name of the adapter
   * @param metadata for the adapter, from the losses of the steps that this process took
   * @throws StyleInterrupted if it was asked to stop; a checkpoint was written then
   */
  TrainedStyle run(String name, StyleMetadata metadata) {
    RunCheckpoints checkpoints = new RunCheckpoints(keeping);
    Optional<RunCheckpoints.Resumed> resumed = checkpoints.newest(scope, step);
    TrainingState state =
        resumed.map(RunCheckpoints.Resumed::state).orElseGet(() -> step.begin(scope));
    int done = resumed.map(RunCheckpoints.Resumed::step).orElse(0);
    double best = resumed.map(RunCheckpoints.Resumed::best).orElse(Double.POSITIVE_INFINITY);
    resumed.ifPresent(r -> sign.call(() -> listener.resumed(r.step(), r.notes())));
    List<Float> losses = new ArrayList<>();
    try (TrainingRun run = step.bind(scope, state)) {
      if (done == 0) {
        preview(name, state, 0);
        best = validate(0, state, best, checkpoints);
      }
      while (done < settings.steps()) {
        if (sign.asked()) {
          throw interrupted(checkpoints, state, done, best);
        }
        StyleListener.Step progress = take(run, done);
        losses.add(progress.loss());
        done++;
        sign.call(() -> listener.step(progress));
        boolean last = done == settings.steps();
        if (last || done % keeping.validateEvery() == 0) {
          best = validate(done, state, best, checkpoints);
        }
        if (last || done % keeping.every() == 0) {
          tryToWrite(checkpoints, state, done, best);
        }
        if (last || done % keeping.previewEvery() == 0) {
          preview(name, state, done);
        }
      }
      boolean chosen = keeping.keepBest() && validation.isPresent();
      TrainingState result = chosen ? checkpoints.best(scope, step).orElse(state) : state;
      Map<String, String> written = metadata.of(name, settings, samples);
      return new TrainedStyle(adapter(name, result, written), base.family(), losses);
    }
  }

  private void preview(String name, TrainingState state, int done) {
    Adapter now = adapter(name, state, Map.of());
    sign.call(() -> listener.preview(done, now));
  }

  private StyleInterrupted interrupted(
      RunCheckpoints checkpoints, TrainingState state, int done, double best) {
    Optional<Path> written = write(checkpoints, state, done, best);
    return new StyleInterrupted(done, written);
  }

  /** A disk that is full for a while must not cost what was trained. */
  private void tryToWrite(RunCheckpoints checkpoints, TrainingState state, int done, double best) {
    try {
      write(checkpoints, state, done, best);
    } catch (SafetensorsException | UncheckedIOException e) {
      sign.call(() -> listener.notSaved(done, String.valueOf(e.getMessage())));
    }
  }

  private Optional<Path> write(
      RunCheckpoints checkpoints, TrainingState state, int done, double best) {
    sign.call(() -> listener.saving(done));
    Optional<Path> file = checkpoints.write(state, done, settings.steps(), best);
    file.ifPresent(f -> sign.call(() -> listener.saved(done, f)));
    return file;
  }

  /** The adapter with the factors that are to be judged and saved. */
  private Adapter adapter(String name, TrainingState state, Map<String, String> metadata) {
    try (Scope work = scope.child("result")) {
      float[] flat = state.evaluationWeights(work).floats();
      return new Adapter(
          name, step.factors().factors(flat, step.initial(), settings.stored()), metadata);
    }
  }

  private double validate(int done, TrainingState state, double best, RunCheckpoints checkpoints) {
    if (validation.isEmpty()) {
      return best;
    }
    try (Scope work = scope.child("validation")) {
      Tensor weights = state.evaluationWeights(work);
      double loss = validation.get().of(work, weights, step.held());
      boolean better = loss < best;
      if (better && keeping.keepBest()) {
        checkpoints.keepBest(state, done, settings.steps(), loss);
      }
      sign.call(() -> listener.validated(done, loss, better));
      return better ? loss : best;
    }
  }

  private StyleListener.Step take(TrainingRun run, int number) {
    long first = (long) number * settings.accumulate();
    List<List<TrainingSample>> batches = new ArrayList<>();
    for (int a = 0; a < settings.accumulate(); a++) {
      batches.add(samples.batch(first + a));
    }
    List<List<SampleDraw>> draws = step.draws(first, batches);
    double rate = settings.rate(number);
    double share = 1.0 / batches.size();
    double loss = 0;
    TrainingRun.Outcome outcome = null;
    for (int b = 0; b < batches.size(); b++) {
      try (Scope inputs = scope.child("batch")) {
        List<Tensor> batch = step.inputs(inputs, first + b, batches.get(b), draws.get(b));
        outcome =
            b + 1 < batches.size() ? run.accumulate(share, batch) : run.step(rate, share, batch);
        loss += share * outcome.loss();
      }
    }
    if (outcome == null) {
      throw new IllegalStateException("a step has at least one batch");
    }
    if (!outcome.skipped()) {
      maxNorm.ifPresent(limit -> limit.apply(run.state()));
    }
    skippedInARow = outcome.skipped() ? skippedInARow + 1 : 0;
    if (outcome.skipped()) {
      skipped(run.state(), number, first, batches, draws);
    }
    return new StyleListener.Step(
        number + 1,
        settings.steps(),
        (float) loss,
        outcome.gradientNorm(),
        rate,
        outcome.skipped());
  }

  private void skipped(
      TrainingState state,
      int number,
      long first,
      List<List<TrainingSample>> batches,
      List<List<SampleDraw>> draws) {
    NotFinite found = new NotFinite(Optional.empty(), Optional.empty(), List.of());
    for (int b = 0; b < batches.size(); b++) {
      List<Path> files = batches.get(b).stream().map(TrainingSample::file).toList();
      try (Scope inputs = scope.child("batch")) {
        found =
            diagnosis(state)
                .look(step.inputs(inputs, first + b, batches.get(b), draws.get(b)), files);
      }
      if (found.layer().isPresent() || found.weight().isPresent()) {
        break;
      }
    }
    // A scaled loss overflows now and then; the scale is halved, and the next step is taken with
    // it.
    boolean expected = step.step().settings().scaled() && found.layer().isEmpty();
    if (!expected) {
      NotFinite told = found;
      sign.call(() -> listener.notFinite(number + 1, told));
    }
    if (skippedInARow >= MOST_SKIPPED) {
      throw new StyleFailure(
          MOST_SKIPPED
              + " steps in a row changed nothing, as "
              + found
              + ". Lower the learning rate,"
              + " take precision bf16 or f32, or look at these pictures; --resume goes on from the last"
              + " checkpoint.");
    }
  }

  private Diagnosis diagnosis(TrainingState state) {
    if (diagnosis.isEmpty()) {
      StyleProgram watched = StyleProgram.stage(base.base(), plan, objective, settings, true);
      diagnosis = Optional.of(new Diagnosis(scope, watched, state.weights(), step.held()));
    }
    return diagnosis.get();
  }

  @Override
  public void close() {
    diagnosis.ifPresent(Diagnosis::close);
    scope.close();
  }
}
