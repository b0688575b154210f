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
    if (addresses.isEmpty() || port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "A server needs an address and a port from 0 to 65535; found "
              + addresses
              + " and "
              + port
              + ".");
    }
  }

  /** At the loopback addresses of this machine, with the usual limits. */
  public static ServerOptions loopback(int port) {
    return new ServerOptions(
        Loopback.addresses(),
        port,
        64 << 20,
        16 << 10,
        Duration.ofSeconds(60),
        Duration.ofSeconds(20),
        2048,
        256,
        8,
        1 << 20,
        Duration.ofSeconds(20),
        Duration.ofSeconds(15));
  }

  /** The same at other addresses of this machine. */
  public ServerOptions addresses(List<InetAddress> value) {
    return new ServerOptions(
        value,
        port,
        bodyBytes,
        headerBytes,
        idle,
        headTime,
        connections,
        requests,
        pageStreams,
        streamBytes,
        writeTime,
        keepAlive);
  }

  /** The same with another largest body. */
  public ServerOptions bodyBytes(int value) {
    return new ServerOptions(
        addresses,
        port,
        value,
        headerBytes,
        idle,
        headTime,
        connections,
        requests,
        pageStreams,
        streamBytes,
        writeTime,
        keepAlive);
  }

  /** The same with another largest head. */
  public ServerOptions headerBytes(int value) {
    return new ServerOptions(
        addresses,
        port,
        bodyBytes,
        value,
        idle,
        headTime,
        connections,
        requests,
        pageStreams,
        streamBytes,
        writeTime,
        keepAlive);
  }

  /** The same with another time after which silent connections are closed. */
  public ServerOptions idle(Duration value) {
    return new ServerOptions(
        addresses,
        port,
        bodyBytes,
        headerBytes,
        value,
        headTime,
        connections,
        requests,
        pageStreams,
        streamBytes,
        writeTime,
        keepAlive);
  }

  /** The same with another time for the head of a request. */
  public ServerOptions headTime(Duration value) {
    return new ServerOptions(
        addresses,
        port,
        bodyBytes,
        headerBytes,
        idle,
        value,
        connections,
        requests,
        pageStreams,
        streamBytes,
        writeTime,
        keepAlive);
  }

  /** The same with another number of open connections. */
  public ServerOptions connections(int value) {
    return new ServerOptions(
        addresses,
        port,
        bodyBytes,
        headerBytes,
        idle,
        headTime,
        value,
        requests,
        pageStreams,
        streamBytes,
        writeTime,
        keepAlive);
  }

  /** The same with another number of requests at a time. */
  public ServerOptions requests(int value) {
    return new ServerOptions(
        addresses,
        port,
        bodyBytes,
        headerBytes,
        idle,
        headTime,
        connections,
        value,
        pageStreams,
        streamBytes,
        writeTime,
        keepAlive);
  }

  /** The same with another number of subscriptions for a page. */
  public ServerOptions pageStreams(int value) {
    return new ServerOptions(
        addresses,
        port,
        bodyBytes,
        headerBytes,
        idle,
        headTime,
        connections,
        requests,
        value,
        streamBytes,
        writeTime,
        keepAlive);
  }

  /** The same with another buffer of streams. */
  public ServerOptions streamBytes(int value) {
    return new ServerOptions(
        addresses,
        port,
        bodyBytes,
        headerBytes,
        idle,
        headTime,
        connections,
        requests,
        pageStreams,
        value,
        writeTime,
        keepAlive);
  }

  /** The same with another time that a client has to take something. */
  public ServerOptions writeTime(Duration value) {
    return new ServerOptions(
        addresses,
        port,
        bodyBytes,
        headerBytes,
        idle,
        headTime,
        connections,
        requests,
        pageStreams,
        streamBytes,
        value,
        keepAlive);
  }

  /** The same with another time between comments. */
  public ServerOptions keepAlive(Duration value) {
    return new ServerOptions(
        addresses,
        port,
        bodyBytes,
        headerBytes,
        idle,
        headTime,
        connections,
        requests,
        pageStreams,
        streamBytes,
        writeTime,
        value);
  }
}
