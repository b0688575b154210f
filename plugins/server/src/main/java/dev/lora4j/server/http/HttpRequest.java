package dev.lora4j.server.http;

import dev.lora4j.server.guard.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request whose head was admitted and whose body has arrived. */
public interface HttpRequest {
  /** The method in upper case; {@code GET} for {@code HEAD}, whose body is left out later. */
  String method();

  /** The path, decoded, without segments of dots, beginning with a slash. */
  String path();

  /**
   * What stands in the path at {@code {name}} of the route's pattern.
   *
   * @throws IllegalArgumentException if the pattern has no such part
   */
  String part(String name);

  /** The parameters of the query, decoded, in their order. */
  Map<String, List<String>> queries();

  /** The first value of a parameter of the query. */
  default Optional<String> query(String name) {
    return queries().getOrDefault(name, List.of()).stream().findFirst();
  }

  /** The first header of this name, in any case. */
  Optional<String> header(String name);

  /** The whole body; empty if there is none. */
  byte[] body();

  /**
   * The body as text.
   *
   * @throws HttpProblem 400 if it is no UTF-8
   */
  String text();

  /** The client's address as a number, without its port. */
  String remoteAddress();

  /** Who sent it. */
  Principal principal();

  /** The answer's {@code x-request-id}. */
  String id();

  /** True once the client has closed its connection. */
  boolean disconnected();

  /**
   * Has an action run once, when the client goes away before its answer is complete; at once if it
   * has gone. It runs on a thread of the server and must not block.
   */
  void onDisconnect(Runnable action);
}
