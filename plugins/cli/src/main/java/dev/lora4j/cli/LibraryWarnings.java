package dev.lora4j.cli;

import dev.lora4j.cli.console.Console;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Warnings that the libraries log, as lines of the program like its others, from when it is made
 * until it is closed.
 */
final class LibraryWarnings extends Handler implements AutoCloseable {
  // The logging system drops loggers, and what was set on them, that nobody holds.
  private static final Logger LIBRARIES = Logger.getLogger("dev.lora4j");

  private final Console console;
  private final boolean passedOn;

  private LibraryWarnings(Console console) {
    this.console = console;
    this.passedOn = LIBRARIES.getUseParentHandlers();
    setLevel(Level.WARNING);
    setFormatter(new SimpleFormatter());
  }

  /** Begins to print warnings. */
  static LibraryWarnings on(Console console) {
    LibraryWarnings warnings = new LibraryWarnings(console);
    LIBRARIES.addHandler(warnings);
    LIBRARIES.setUseParentHandlers(false);
    return warnings;
  }

  @Override
  public void publish(LogRecord record) {
    if (isLoggable(record)) {
      Throwable thrown = record.getThrown();
      console.note(
          "lora4j: "
              + getFormatter().formatMessage(record)
              + (thrown == null ? "." : ": " + thrown));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    LIBRARIES.removeHandler(this);
    LIBRARIES.setUseParentHandlers(passedOn);
  }
}
