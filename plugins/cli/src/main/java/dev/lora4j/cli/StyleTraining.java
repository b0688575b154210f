package dev.lora4j.cli;

import dev.lora4j.diffusion.style.StyleListener;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/** Trains with a progress bar that shows the loss and the rate. */
final class StyleTraining {
  /** Share of the newest loss in the shown one, which otherwise jumps too much to be read. */
  private static final double NEWEST = 0.1;

  private final Progress progress;
  private final int batch;
  private long began;
  private double shown = Double.NaN;
  private int skipped;

  private StyleTraining(Progress progress, int batch) {
    this.progress = progress;
    this.batch = batch;
  }

  /** Runs {@code trainer} to its end, or until Ctrl-C. */
  static TrainedStyle run(Console console, StyleTrainer trainer, int steps, int batch) {
    int[] done = {0};
    try (Progress progress = console.progress("training", steps, "step")) {
      StyleTraining listener = new StyleTraining(progress, batch);
      TrainedStyle style =
          trainer.run(
              step -> {
                done[0] = step.step();
                listener.step(step);
              });
      if (listener.skipped > 0) {
        console.note(
            "In "
                + listener.skipped
                + " of "
                + steps
                + " steps the gradient was not finite, and"
                + " nothing was changed by them; a lower --lr may help.");
      }
      return style;
    } catch (CancellationException e) {
      throw new Interrupted(done[0], e);
    }
  }

  private void step(StyleListener.Step done) {
    // The first step includes what is made ready only once, so the clock starts after it.
    if (done.step() == 1) {
      began = System.nanoTime();
    }
    float loss = done.loss();
    shown = Double.isNaN(shown) ? loss : shown + NEWEST * (loss - shown);
    skipped += done.skipped() ? 1 : 0;
    String detail = String.format(Locale.ROOT, "loss %.4f", shown);
    if (done.step() > 1) {
      double seconds = (System.nanoTime() - began) / 1e9;
      double rate = (done.step() - 1) * batch / Math.max(seconds, 1e-9);
      detail += String.format(Locale.ROOT, ", %.1f pictures/s", rate);
    }
    progress.done(done.step(), detail);
  }

  /** Ctrl-C during training. */
  static final class Interrupted extends CancellationException {
    private static final long serialVersionUID = 1L;

    private Interrupted(int steps, CancellationException cause) {
      super("Training was stopped after " + steps + " steps; nothing was written.");
      initCause(cause);
    }
  }
}
