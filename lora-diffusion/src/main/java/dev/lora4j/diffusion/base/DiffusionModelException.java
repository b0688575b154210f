package dev.lora4j.diffusion.base;

/** A base model on disk cannot be used; the message says which file, why, and what to do. */
public final class DiffusionModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one with a message for the user. */
  public DiffusionModelException(String message) {
    super(message);
  }

  /** Makes one with its cause. */
  public DiffusionModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
