package dev.lora4j.core.bake;

/** A base was not baked; the message says why and what to do. Nothing was written. */
public final class BakeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one with a message for the user. */
  public BakeException(String message) {
    super(message);
  }

  /** Makes one with its cause. */
  public BakeException(String message, Throwable cause) {
    super(message, cause);
  }
}
