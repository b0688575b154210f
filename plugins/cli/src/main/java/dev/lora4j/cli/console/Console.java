package dev.lora4j.cli.console;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Console of a command: results on stdout, everything else on stderr. */
public final class Console {
  private final PrintStream out;
  private final PrintStream err;
  private final Supplier<OptionalInt> width;
  private final Duration pause;

  private Console(PrintStream out, PrintStream err, Supplier<OptionalInt> width, Duration pause) {
    this.out = out;
    this.err = err;
    this.width = width;
    this.pause = pause;
  }

  /** The process's own streams. */
  public static Console ofProcess() {
    return new Console(System.out, System.err, Terminal::width, ProgressInLines.PAUSE);
  }

  /** Streams that nobody watches, so that progress is plain lines. */
  public static Console of(PrintStream out, PrintStream err) {
    return of(out, err, ProgressInLines.PAUSE);
  }

  /** The same with another time between two lines of progress. */
  public static Console of(PrintStream out, PrintStream err, Duration pause) {
    return new Console(out, err, OptionalInt::empty, pause);
  }

  /** Takes results, and nothing else. */
  public PrintStream out() {
    return out;
  }

  public PrintStream err() {
    return err;
  }

  /** Prints a result, of one line or several, or JSON; what would steer a terminal is escaped. */
  public void print(String text) {
    out.println(Printable.lines(text));
  }

  /** Prints the lines of a report, each of which stays one. */
  public void print(List<String> lines) {
    lines.forEach(line -> out.println(Printable.line(line)));
  }

  /** Prints something about the work that is no result; what would steer a terminal is escaped. */
  public void note(String text) {
    err.println(Printable.message(text));
  }

  /** True if stderr is a terminal. */
  boolean watched() {
    return width.get().isPresent();
  }

  /**
   * Starts a line of progress; close it when the work is done.
   *
   * @param task what is being done, for example {@code training}
   * @param steps how many steps there are
   * @param unit what one of them is called, for example {@code picture}
   */
  public Progress progress(String task, long steps, String unit) {
    OptionalInt columns = width.get();
    return columns.isPresent()
        ? new ProgressOnOneLine(err, columns.getAsInt(), task, steps, unit)
        : new ProgressInLines(err, pause, task, steps, unit);
  }
}
