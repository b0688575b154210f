package dev.lora4j.cli.console;

import java.io.PrintStream;
import java.time.Duration;

/** Progress for a log: a line at the first and the last step and every few seconds between. */
final class ProgressInLines implements Progress {
  /** Time between two lines in a log. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  private final PrintStream err;
  private final long pause;
  private final String task;
  private final long steps;
  private final String unit;
  private long began;
  private long first;
  private long printed;

  ProgressInLines(PrintStream err, Duration pause, String task, long steps, String unit) {
    this.err = err;
    this.pause = pause.toNanos();
    this.task = task;
    this.steps = steps;
    this.unit = unit;
  }

  @Override
  public void done(long count, String detail) {
    long now = System.nanoTime();
    // Work before the first report happens only once, and does not predict the rest.
    boolean begins = began == 0;
    if (begins) {
      began = now;
      first = count;
    } else if (count < steps && now - printed < pause) {
      return;
    }
    printed = now;
    StringBuilder line = new StringBuilder(task);
    line.append(": ").append(unit).append(' ').append(count).append(" of ").append(steps);
    if (!detail.isEmpty()) {
      line.append(", ").append(Printable.line(detail));
    }
    if (!begins && count > first && count < steps) {
      double seconds = (now - began) / 1e9 / (count - first) * (steps - count);
      line.append(", ").append(Durations.text(seconds)).append(" left");
    }
    err.println(line);
  }

  @Override
  public void close() {}
}
