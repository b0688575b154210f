package dev.lora4j.server.schedule;

/** Refusal of an entry by a queue that takes no more. */
public final class QueueClosedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QueueClosedException() {
    super("The server is shutting down and takes no more work. Send the request to another.");
  }
}
