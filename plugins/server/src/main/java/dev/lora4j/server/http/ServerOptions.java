package dev.lora4j.server.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * Where a server listens and what it bears.
 *
 * @param addresses the addresses of this machine at which it listens
 * @param port the port, the same at each address; 0 for any that is free
 * @param bodyBytes the largest body of a request
 * @param headerBytes the largest head of a request
 * @param idle after which a connection that is silent is closed
 * @param headTime within which the head of a request arrives
 * @param connections how many connections may be open
 * @param requests how many requests may be answered at a time; more are told to come again
 * @param pageStreams how many subscriptions a page's session may have open
 * @param streamBytes how much of a stream of events may wait for a slow client
 * @param writeTime after which a client that takes nothing counts as gone
 * @param keepAlive after which a silent stream of events gets a comment
 */
public record ServerOptions(
    List<InetAddress> addresses,
    int port,
    int bodyBytes,
    int headerBytes,
    Duration idle,
    Duration headTime,
    int connections,
    int requests,
    int pageStreams,
    int streamBytes,
    Duration writeTime,
    Duration keepAlive) {
  /** Copies the list. */
  public ServerOptions {
    addresses = List.copyOf(addresses);
  }
}
