package dev.lora4j.hub.web;

/** Failure to get something from a hub. The message is for the user: the error and what to do. */
public final class HubException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Fails with one or two sentences. */
  public HubException(String message) {
    super(message);
  }

  /** Fails because of {@code cause}. */
  public HubException(String message, Throwable cause) {
    super(message, cause);
  }
}
