package dev.lora4j.core.format.checkpoint;

/** A base model cannot be used. The message says what was found, expected, and what to do. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A problem described in plain sentences. */
  public CheckpointException(String message) {
    super(message);
  }
}
