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

/**
 * What a run shows and writes while it goes: a line of progress, a table, event files, a chart of
 * the loss, pictures.
 */
final class RunLog implements StyleListener, AutoCloseable {
  /** Share of the newest loss in the shown one, which otherwise jumps too much to be read. */
  private static final double NEWEST = 0.1;

  private static final List<String> COLUMNS =
      List.of("loss", "gradient_norm", "learning_rate", "validation_loss", "seconds");

  private final Console console;
  private final RunSettings settings;
  private final PreviewSheets previews;
  private final int perStep;
  private final LossCurve curve;
  private Optional<Progress> progress = Optional.empty();
  private Optional<StepTable> table = Optional.empty();
  private Optional<EventFile> events = Optional.empty();
  private Optional<Progress> encoding = Optional.empty();
  private StyleListener.Step last = new StyleListener.Step(0, 1, 0, 0, 0, false);
  private double validation = Double.NaN;
  private double pendingValidation = Double.NaN;
  private double shown = Double.NaN;
  private long began;
  private int begunAt;
  private int skipped;

  /**
   * @param perStep pictures in a step
   */
  RunLog(Console console, RunSettings settings, PreviewSheets previews, int perStep) {
    this.console = console;
    this.settings = settings;
    this.previews = previews;
    this.perStep = perStep;
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
    begunAt = step;
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
    // The first step includes what is made ready only once, so the clock starts after it.
    if (done.step() == begunAt + 1) {
      began = System.nanoTime();
    }
    skipped += done.skipped() ? 1 : 0;
    float loss = done.loss();
    if (Float.isFinite(loss)) {
      shown = Double.isNaN(shown) ? loss : shown + NEWEST * (loss - shown);
    }
    progress.get().done(done.step(), detail(done));
  }

  private String detail(StyleListener.Step done) {
    StringBuilder detail = new StringBuilder(String.format(Locale.ROOT, "loss %.4f", shown));
    int timed = done.step() - begunAt - 1;
    if (timed > 0) {
      double rate = (double) timed * perStep / Math.max(seconds(), 1e-9);
      detail.append(String.format(Locale.ROOT, ", %.1f pictures/s", rate));
    }
    if (!Double.isNaN(validation)) {
      detail.append(String.format(Locale.ROOT, ", validation %.4f", validation));
    }
    ProcessMemory.resident()
        .ifPresent(b -> detail.append(String.format(Locale.ROOT, ", %.1f GB", b / 1e9)));
    return detail.toString();
  }

  private double seconds() {
    return began == 0 ? 0 : (System.nanoTime() - began) / 1e9;
  }

  /** Writes the row of the last step; what is found out after a step still belongs to it. */
  private void flush() {
    if (last.step() == 0 || table.isEmpty()) {
      return;
    }
    int step = last.step();
    table
        .get()
        .row(step, last.loss(), last.gradientNorm(), last.rate(), pendingValidation, seconds());
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

  /** Steps that changed nothing. */
  int skipped() {
    return skipped;
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
