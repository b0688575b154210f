package dev.lora4j.core.bake;

/** Failure to bake a base; the message gives the reason and the remedy. Nothing was written. */
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
