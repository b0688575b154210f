package dev.lora4j.cli;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.train.log.EventFile;
import dev.lora4j.core.train.log.StepTable;
import dev.lora4j.diffusion.run.RunSettings;
import dev.lora4j.diffusion.style.NotFinite;
import dev.lora4j.diffusion.style.StyleListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a run shows and writes while it goes: a line of progress, a table, event files, a chart of
 * the loss, pictures.
 */
final class RunLog implements StyleListener, AutoCloseable {
  private static final long MEMORY_NANOS = 1_000_000_000;

  private static final List<String> COLUMNS =
      List.of("loss", "gradient_norm", "learning_rate", "validation_loss", "seconds");

  private final Console console;
  private final RunSettings settings;
  private final PreviewSheets previews;
  private final TrainingPace pace;
  private final LossCurve curve;
  private Optional<Progress> progress = Optional.empty();
  private Optional<StepTable> table = Optional.empty();
  private Optional<EventFile> events = Optional.empty();
  private Optional<Progress> encoding = Optional.empty();
  private StyleListener.Step last = new StyleListener.Step(0, 1, 0, 0, 0, false);
  private double validation = Double.NaN;
  private double pendingValidation = Double.NaN;
  private OptionalInt best = OptionalInt.empty();
  private String memory = "";
  private long memoryRead;

  /**
   * @param perStep pictures in a step
   */
  RunLog(Console console, RunSettings settings, PreviewSheets previews, int perStep) {
    this.console = console;
    this.settings = settings;
    this.previews = previews;
    this.pace = new TrainingPace(perStep);
    this.curve = new LossCurve(settings.folder().resolve("loss.png"), settings.name());
  }

  @Override
  public void encoding(int done, int all) {
    if (encoding.isEmpty()) {
      encoding = Optional.of(console.progress("encoding", all, "picture"));
    }
    encoding.get().done(done, "");
    if (done == all) {
      encoding.get().close();
    }
  }

  @Override
  public void resumed(int step, List<String> notes) {
    notes.forEach(console::note);
    console.note("Going on after step " + step + ".");
    begin(step);
  }

  private void begin(int step) {
    Path folder = settings.folder();
    table = Optional.of(StepTable.open(folder.resolve("log.csv"), COLUMNS, step));
    curve.begin(folder.resolve("log.csv"));
    if (settings.saving().tensorboard()) {
      events = Optional.of(EventFile.begin(folder.resolve("tensorboard"), step));
    }
  }

  @Override
  public void step(StyleListener.Step done) {
    if (table.isEmpty()) {
      begin(0);
    }
    if (progress.isEmpty()) {
      progress = Optional.of(console.progress("training", done.steps(), "step"));
    }
    flush();
    last = done;
    progress.get().done(done.step(), pace.after(done) + more());
  }

  private String more() {
    // The system is asked now and then only: a step of a small base takes some milliseconds.
    if (memory.isEmpty() || System.nanoTime() - memoryRead > MEMORY_NANOS) {
      memoryRead = System.nanoTime();
      ProcessMemory.resident()
          .ifPresent(b -> memory = String.format(Locale.ROOT, ", %.1f GB", b / 1e9));
    }
    String judged =
        Double.isNaN(validation) ? "" : String.format(Locale.ROOT, ", validation %.4f", validation);
    return judged + memory;
  }

  /** Writes the row of the last step; what is found out after a step still belongs to it. */
  private void flush() {
    if (last.step() == 0 || table.isEmpty()) {
      return;
    }
    int step = last.step();
    table
        .get()
        .row(
            step, last.loss(), last.gradientNorm(), last.rate(), pendingValidation, pace.seconds());
    events.ifPresent(
        e -> {
          e.number("loss/train", step, last.loss());
          e.number("gradient_norm", step, last.gradientNorm());
          e.number("learning_rate", step, last.rate());
        });
    curve.add(step, last.loss(), pendingValidation);
    pendingValidation = Double.NaN;
    last = new StyleListener.Step(0, 1, 0, 0, 0, false);
  }

  @Override
  public void validated(int step, double loss, boolean best) {
    validation = loss;
    this.best = best ? OptionalInt.of(step) : this.best;
    if (table.isEmpty()) {
      begin(0);
    }
    if (step > 0) {
      pendingValidation = loss;
    }
    events.ifPresent(e -> e.number("loss/validation", step, loss));
  }

  @Override
  public void notFinite(int step, NotFinite where) {
    console.note("Step " + step + " changed nothing: " + where + ".");
  }

  @Override
  public void preview(int step, Adapter adapter) {
    if (table.isEmpty()) {
      begin(0);
    }
    previews.make(step, adapter, events);
  }

  @Override
  public void notSaved(int step, String reason) {
    console.note(
        "The checkpoint of step "
            + step
            + " could not be written: "
            + reason
            + " Training goes on; make room before the next one.");
  }

  @Override
  public void saving(int step) {
    flush();
  }

  @Override
  public void saved(int step, Path checkpoint) {
    curve.draw();
  }

  /** The step with the least validation loss, if it was taken by this process. */
  OptionalInt best() {
    return best;
  }

  /** How fast it went, and what changed nothing. */
  TrainingPace pace() {
    return pace;
  }

  /** The curve of the loss over all steps of the run. */
  LossCurve curve() {
    return curve;
  }

  @Override
  public void close() {
    flush();
    curve.draw();
    progress.ifPresent(Progress::close);
    table.ifPresent(StepTable::close);
    events.ifPresent(EventFile::close);
  }
}
