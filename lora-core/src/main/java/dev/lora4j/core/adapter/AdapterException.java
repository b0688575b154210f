package dev.lora4j.core.adapter;

/** An adapter cannot be read, written or used; the message says which, why, and what to do. */
public final class AdapterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one with a message for the user. */
  public AdapterException(String message) {
    super(message);
  }

  /** Makes one with its cause. */
  public AdapterException(String message, Throwable cause) {
    super(message, cause);
  }
}
