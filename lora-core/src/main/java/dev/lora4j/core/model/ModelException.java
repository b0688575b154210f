package dev.lora4j.core.model;

/** Failure to use a base model on disk; the message gives the file, the reason and the remedy. */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one with a message for the user. */
  public ModelException(String message) {
    super(message);
  }

  /** Makes one with its cause. */
  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
