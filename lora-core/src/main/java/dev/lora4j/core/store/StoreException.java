package dev.lora4j.core.store;

/** Failure of a store of adapters; the message gives the reason and the remedy. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one with a message for the user. */
  public StoreException(String message) {
    super(message);
  }

  /** Makes one with its cause. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
