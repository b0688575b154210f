package dev.lora4j.server.http;

import dev.lora4j.server.guard.RequestGuard;
import java.io.IOException;
import java.time.Duration;

/** A server that listens. Who opens it closes it. */
public final class HttpServer implements AutoCloseable {
  private HttpServer() {}

  /**
   * Begins to listen.
   *
   * @throws IOException if an address cannot be listened at, for example as its port is taken
   */
  public static HttpServer open(ServerOptions options, RequestGuard guard, Routes routes)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The port at which it listens. */
  public int port() {
    throw new UnsupportedOperationException();
  }

  /** True once it refuses new requests; {@code /ready} says so. */
  public boolean draining() {
    throw new UnsupportedOperationException();
  }

  /**
   * Refuses new requests with status 503 and {@code retry-after}, lets those that run finish for at
   * most this long, and closes.
   *
   * @return whether all finished
   */
  public boolean drain(Duration most) throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Ends all connections at once. */
  @Override
  public void close() {}
}
