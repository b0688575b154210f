package dev.lora4j.diffusion.base;

/** A base model on disk cannot be used; the message says which file, why, and what to do. */
public final class ModelFolderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one with a message for the user. */
  public ModelFolderException(String message) {
    super(message);
  }

  /** Makes one with its cause. */
  public ModelFolderException(String message, Throwable cause) {
    super(message, cause);
  }
}
