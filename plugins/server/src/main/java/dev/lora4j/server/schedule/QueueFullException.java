package dev.lora4j.server.schedule;

/** Refusal of an entry for which there is no room. */
public final class QueueFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int retryAfter;

  QueueFullException(String message, int retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** Estimated seconds until there is room, 1 to 60; the value of the header retry-after. */
  public int retryAfter() {
    return retryAfter;
  }
}
