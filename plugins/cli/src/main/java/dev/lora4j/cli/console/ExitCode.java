package dev.lora4j.cli.console;

/** Exit codes of the program, beside 0 for work that was done. */
public final class ExitCode {
  /** The work could not be done. */
  public static final int FAILED = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** Ctrl-C, as shells say it. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
