package dev.lora4j.core.model;

/** A base model on disk cannot be used; the message says which file, why, and what to do. */
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
