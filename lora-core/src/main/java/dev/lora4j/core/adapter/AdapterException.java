package dev.lora4j.core.adapter;

/**
 * Failure to read, write or use an adapter; the message gives the adapter, the reason and the
 * remedy.
 */
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
