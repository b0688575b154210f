package dev.lora4j.server.http;

/**
 * An answer of Server-Sent Events that is being written. Comments keep it alive while nothing is
 * written. Its methods may be called by any thread; events of one thread keep their order.
 */
public interface EventStream extends AutoCloseable {
  /**
   * Writes an event that has data alone. Waits while the client is slow, at most for the server's
   * write limit, after which the client counts as gone; a stream that was made by {@link
   * HttpAnswer#subscription} does not wait.
   *
   * @return whether the client is still there
   */
  boolean data(String text);

  /**
   * Writes an event.
   *
   * @param name the event's type, without line ends
   * @param id what a client that comes back sends as {@code Last-Event-ID}; none if empty
   * @return whether the client is still there
   */
  boolean event(String name, String id, String text);

  /** True once the client has gone, or was too slow. */
  boolean disconnected();

  /** Has an action run once when the client goes; at once if it has gone. It must not block. */
  void onDisconnect(Runnable action);

  /** Ends the answer after what was written. */
  @Override
  void close();
}
