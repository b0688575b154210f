package dev.lora4j.core.format.checkpoint;

/** A base model cannot be used. The message gives the finding, the expectation, and the remedy. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A problem described in plain sentences. */
  public CheckpointException(String message) {
    super(message);
  }
}
