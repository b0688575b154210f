package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.train.run.RunListener;
import java.util.Optional;

/**
 * The line of progress of one training, or of several that run side by side. Safe for use by
 * several threads.
 */
public final class TrainingLine implements AutoCloseable {
  private final Console console;
  private final String what;
  private final int steps;
  private final TrainingPace pace;
  private final Runnable begun;
  private Optional<Progress> progress = Optional.empty();
  private int done;

  /**
   * Shows nothing before the first step.
   *
   * @param what text beside the progress, for example {@code training 2 of 3}
   * @param steps of all its trainings together
   * @param begun receives each step, also those of an earlier process
   */
  public TrainingLine(Console console, String what, int steps, TrainingPace pace, Runnable begun) {
    this.console = console;
    this.what = what;
    this.steps = steps;
    this.pace = pace;
    this.begun = begun;
  }

  /** Counts steps that an earlier process took. */
  synchronized void resumed(int earlier) {
    done += earlier;
    begun.run();
  }

  /** Shows a step. */
  synchronized void step(RunListener.Step taken) {
    if (progress.isEmpty()) {
      progress = Optional.of(console.progress(what, steps, "step"));
    }
    done++;
    progress.get().done(done, pace.after(taken));
    begun.run();
  }

  /** Reports skipped steps, at the end of the line. */
  public synchronized void ended() {
    pace.tellSkipped(console, steps);
  }

  @Override
  public synchronized void close() {
    progress.ifPresent(Progress::close);
  }
}
