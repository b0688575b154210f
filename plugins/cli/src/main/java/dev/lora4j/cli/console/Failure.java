package dev.lora4j.cli.console;

import java.util.function.Supplier;

/** Failure of a command. The message is for the user: the error and a remedy. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean usage;

  private Failure(String message, boolean usage) {
    super(message);
    this.usage = usage;
  }

  /** Fails with one or two sentences. */
  public Failure(String message) {
    this(message, false);
  }

  /** Fails because of {@code cause}, which {@code --debug} shows. */
  public Failure(String message, Throwable cause) {
    super(message, cause);
    this.usage = false;
  }

  /** The command line itself is wrong, whatever its files hold; the exit code is 2. */
  public static Failure usage(String message) {
    return new Failure(message, true);
  }

  /**
   * A value that the command line alone decides.
   *
   * @throws Failure of usage, with the message of the {@link IllegalArgumentException} that {@code
   *     value} throws
   */
  public static <T> T usage(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      Failure failure = usage(String.valueOf(e.getMessage()));
      failure.initCause(e);
      throw failure;
    }
  }

  /**
   * A value of an option, which messages about it name.
   *
   * @throws Failure of usage, with the message of the {@link IllegalArgumentException} that {@code
   *     value} throws behind the option
   */
  public static <T> T usage(String option, Supplier<T> value) {
    return usage(
        () -> {
          try {
            return value.get();
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
          }
        });
  }

  /** True if the command line is wrong, and not the work. */
  public boolean ofUsage() {
    return usage;
  }
}
