package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.core.train.run.RunListener;
import java.util.Locale;

/** The loss and the rate of training, as a line of progress shows them. */
public final class TrainingPace {
  /** Share of the newest loss in the shown one, which otherwise jumps too much to be read. */
  private static final double NEWEST = 0.1;

  private final int items;
  private final String unit;
  private double shown = Double.NaN;
  private int timed;
  private int skipped;
  private long began;

  /**
   * @param items of a step
   * @param unit what they are called, for example {@code pictures}
   */
  public TrainingPace(int items, String unit) {
    this.items = items;
    this.unit = unit;
  }

  /** Counts a step, and returns the pace as text. */
  String after(RunListener.Step step) {
    // The first step includes what is made ready only once, so the clock starts after it.
    if (began == 0) {
      began = System.nanoTime();
    } else {
      timed++;
    }
    skipped += step.skipped() ? 1 : 0;
    if (Float.isFinite(step.loss())) {
      shown = Double.isNaN(shown) ? step.loss() : shown + NEWEST * (step.loss() - shown);
    }
    String text = String.format(Locale.ROOT, "loss %.4f", shown);
    if (timed == 0) {
      return text;
    }
    double rate = (double) timed * items / Math.max(seconds(), 1e-9);
    return text + String.format(Locale.ROOT, ", %.1f %s/s", rate, unit);
  }

  /** Seconds since the end of the first step. */
  double seconds() {
    return began == 0 ? 0 : (System.nanoTime() - began) / 1e9;
  }

  /** Notes the number of steps that changed nothing; nothing if there were none. */
  void tellSkipped(Console console, int steps) {
    if (skipped > 0) {
      console.note(
          "In "
              + skipped
              + " of "
              + steps
              + " steps the gradient was not finite, and nothing was changed by them; a lower"
              + " learning rate may help.");
    }
  }
}
