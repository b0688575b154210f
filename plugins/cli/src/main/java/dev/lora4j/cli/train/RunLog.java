package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.ProcessMemory;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.train.log.RunStart;
import dev.lora4j.core.train.log.TrackedRun;
import dev.lora4j.core.train.log.Tracker;
import dev.lora4j.core.train.log.Trackers;
import dev.lora4j.core.train.run.NonFiniteStep;
import dev.lora4j.core.train.run.RunListener;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/** Log of a run, for the console and for its trackers: a line of progress, numbers, pictures. */
public final class RunLog implements RunListener, AutoCloseable {
  /** Shows what an adapter does after a step. */
  @FunctionalInterface
  public interface Preview {
    /** The file of a picture, if one is made. */
    Optional<Path> of(int step, Adapter adapter);
  }

  /** Receiver of intermediate adapters; it reports errors, which do not stop the run. */
  interface Kept {
    /** A run begins after a step; what is there of later ones is of an earlier run. */
    void begin(int after);

    /**
     * Stores an adapter as it is after a step.
     *
     * @return its file, if it could be written
     */
    Optional<Path> keep(int step, Adapter adapter);
  }

  private static final RunListener.Step NOTHING =
      new RunListener.Step(0, 1, 0, 0, 0, false, Map.of());
  private static final long MEMORY_NANOS = 1_000_000_000;

  private final Console console;
  private final LoggedRun run;
  private final Preview preview;
  private final Kept kept;
  private final TrainingPace pace;
  private final Map<String, Tracker> trackers;
  private LossHistory losses = new LossHistory();
  private Optional<Progress> progress = Optional.empty();
  private Optional<Trackers> tracked = Optional.empty();
  private Optional<String> failure = Optional.of("The run was stopped.");
  private Optional<Progress> encoding = Optional.empty();
  private Optional<Progress> calibration = Optional.empty();
  private RunListener.Step last = NOTHING;
  private double validation = Double.NaN;
  private OptionalDouble pendingValidation = OptionalDouble.empty();
  private Map<String, Double> pendingMeasures = Map.of();
  private Map<String, Double> untrained = Map.of();
  private Map<String, Double> heldOut = Map.of();
  private String measured = "";
  private final Set<String> whyNoPreview = new HashSet<>();
  private String memory = "";
  private long memoryRead;

  /**
   * Makes the trackers, none of which begins before the first event.
   *
   * @param preview makes preview pictures
   * @param kept receives intermediate adapters
   * @throws dev.lora4j.spi.ExtensionException if there is no tracker of a name in the settings
   */
  public RunLog(Console console, LoggedRun run, Preview preview, Kept kept) {
    this.console = console;
    this.run = run;
    this.preview = preview;
    this.kept = kept;
    this.pace = new TrainingPace(run.perStep(), run.unit() + "s");
    this.trackers = Trackers.named(run.trackers());
  }

  /** Trains, and reports its end to the trackers. */
  public <T> T run(Function<RunListener, T> trainer) {
    try {
      T trained = trainer.apply(this);
      failure = Optional.empty();
      return trained;
    } catch (RuntimeException | Error e) {
      failure = Optional.of(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  @Override
  public void encoding(int done, int all) {
    if (encoding.isEmpty()) {
      encoding = Optional.of(console.progress("encoding", all, run.unit()));
    }
    encoding.get().done(done, "");
    if (done == all) {
      encoding.get().close();
    }
  }

  @Override
  public void calibrating(int done, int all) {
    if (calibration.isEmpty()) {
      calibration = Optional.of(console.progress("calibrating", all, "batch"));
    }
    calibration.get().done(done, "");
  }

  @Override
  public void calibrated(List<String> notes) {
    calibration.ifPresent(Progress::close);
    notes.forEach(console::note);
  }

  @Override
  public void resumed(int step, List<String> notes) {
    notes.forEach(console::note);
    console.note("Going on after step " + step + ".");
    begin(step);
  }

  private void begin(int step) {
    losses = LossHistory.until(step, run.folder());
    kept.begin(step);
    RunStart start = new RunStart(run.name(), run.folder(), step, run.settings());
    tracked = Optional.of(Trackers.begin(trackers, start, console::note));
  }

  private Trackers tracked() {
    if (tracked.isEmpty()) {
      begin(0);
    }
    return tracked.get();
  }

  @Override
  public void step(RunListener.Step done) {
    if (progress.isEmpty()) {
      progress = Optional.of(console.progress("training", done.steps(), "step"));
    }
    flush();
    last = done;
    done.measures().entrySet().stream()
        .findFirst()
        .filter(first -> !Double.isNaN(first.getValue()))
        .ifPresent(
            first ->
                measured =
                    String.format(Locale.ROOT, ", %s %.3f", first.getKey(), first.getValue()));
    progress.get().done(done.step(), pace.after(done) + more());
  }

  private String more() {
    // Memory is read now and then only: a step of a small base takes some milliseconds.
    if (memory.isEmpty() || System.nanoTime() - memoryRead > MEMORY_NANOS) {
      memoryRead = System.nanoTime();
      ProcessMemory.resident()
          .ifPresent(b -> memory = String.format(Locale.ROOT, ", %.1f GB", b / 1e9));
    }
    String judged =
        Double.isNaN(validation) ? "" : String.format(Locale.ROOT, ", validation %.4f", validation);
    return measured + judged + memory;
  }

  /** Reports the last step, with the results that came after it. */
  private void flush() {
    if (last.step() == 0) {
      return;
    }
    TrackedRun.Step done =
        new TrackedRun.Step(
            last.step(),
            last.loss(),
            last.gradientNorm(),
            last.rate(),
            pendingValidation,
            pace.seconds(),
            last.measures(),
            pendingMeasures);
    Trackers told = tracked();
    losses.add(done.step(), done.loss(), done.validation());
    told.step(done);
    pendingValidation = OptionalDouble.empty();
    pendingMeasures = Map.of();
    last = NOTHING;
  }

  @Override
  public void validated(int step, double loss, boolean best) {
    validation = loss;
    if (step == 0) {
      tracked().untrained(loss);
    } else {
      pendingValidation = OptionalDouble.of(loss);
    }
  }

  @Override
  public void measured(int step, Map<String, Double> measures) {
    if (step == 0) {
      untrained = measures;
    } else {
      pendingMeasures = measures;
      heldOut = measures;
    }
  }

  /** The same before the first step; empty if nothing is held out, or the run was resumed. */
  public Map<String, Double> untrained() {
    return untrained;
  }

  /** Last measures of the held-out data, by name; empty if nothing is held out. */
  public Map<String, Double> heldOut() {
    return heldOut;
  }

  @Override
  public void changed(int step, String change) {
    console.note("After step " + step + ": " + change);
  }

  @Override
  public void notFinite(int step, NonFiniteStep where) {
    console.note("Step " + step + " changed nothing: " + where + ".");
  }

  @Override
  public void preview(int step, Adapter adapter) {
    shown(step, adapter).ifPresent(sheet -> tracked().preview(step, sheet));
  }

  /** Pictures are for looking at: what goes wrong with them must not cost what was trained. */
  private Optional<Path> shown(int step, Adapter adapter) {
    try {
      return preview.of(step, adapter);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      String why = ErrorExplanation.of(e);
      boolean stopping = Thread.currentThread().isInterrupted();
      if (!stopping && whyNoPreview.add(why)) {
        console.note(
            "The preview of step "
                + step
                + " could not be made: "
                + why
                + " Training goes on without it; the same is not told again.");
      }
      return Optional.empty();
    }
  }

  @Override
  public void adapter(int step, Adapter adapter) {
    // Nothing may have been reported yet, so that the trackers have not begun.
    tracked();
    kept.keep(step, adapter);
  }

  @Override
  public void notSaved(int step, String reason) {
    console.note(
        "What was reached after step "
            + step
            + " could not be kept on disk: "
            + reason
            + " Make room before it is tried again; what was kept earlier is still there.");
  }

  @Override
  public void saving(int step) {
    flush();
  }

  @Override
  public void saved(int step, Path checkpoint) {
    tracked().keep();
  }

  @Override
  public void stopped(int step, List<String> notes, Adapter adapter) {
    tracked();
    notes.forEach(console::note);
    kept.keep(step, adapter)
        .ifPresent(
            file -> console.note("The adapter as it was after step " + step + " is " + file + "."));
  }

  @Override
  public void finished(int step, List<String> notes) {
    notes.forEach(console::note);
  }

  /** Speed of the run, and the number of skipped steps. */
  TrainingPace pace() {
    return pace;
  }

  /** The losses of all steps of the run. */
  public LossHistory losses() {
    return losses;
  }

  @Override
  public void close() {
    flush();
    progress.ifPresent(Progress::close);
    tracked.ifPresent(all -> all.end(failure));
  }
}
