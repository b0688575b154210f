package dev.lora4j.cli;

/** A command cannot go on. The message is what the user reads: what is wrong and what to do. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Fails with one or two sentences. */
  public Failure(String message) {
    super(message);
  }

  /** Fails because of {@code cause}, which {@code --debug} shows. */
  public Failure(String message, Throwable cause) {
    super(message, cause);
  }
}
