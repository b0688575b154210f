package dev.lora4j.hub;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server on this machine that answers as the hubs do. It is {@code 127.0.0.1} as a hub and {@code
 * localhost} as the other host on which the hub's files lie.
 */
public final class HubServer implements AutoCloseable {
  /** An answer to one request. */
  @FunctionalInterface
  public interface Reply {
    void to(HttpExchange exchange) throws IOException;
  }

  /** A request that came, with its path as it was sent. */
  public record Seen(String host, String path, Map<String, String> headers) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final Map<String, Deque<Reply>> first = new ConcurrentHashMap<>();
  private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());

  public HubServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      Map<String, String> headers = new HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach((k, v) -> headers.put(k.toLowerCase(java.util.Locale.ROOT), v.get(0)));
      seen.add(new Seen(headers.getOrDefault("host", ""), path, headers));
      Reply once = first.getOrDefault(path, new ArrayDeque<>()).poll();
      Reply reply = once != null ? once : replies.getOrDefault(path, e -> text(e, 404, "nothing"));
      reply.to(exchange);
    }
  }

  /** Address as the hub. */
  public String hub() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Address as another host. */
  public String other() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  public URI uri(String path) {
    return URI.create(hub() + path);
  }

  /** Answers requests for a path, with its query, from now on. */
  public HubServer at(String path, Reply reply) {
    replies.put(path, reply);
    return this;
  }

  /** Answers the next request for a path; those after it as before. */
  public HubServer once(String path, Reply reply) {
    first.computeIfAbsent(path, p -> new ArrayDeque<>()).add(reply);
    return this;
  }

  public HubServer json(String path, String body) {
    return at(path, e -> send(e, 200, "application/json", body));
  }

  public HubServer redirect(String path, int status, String location) {
    return at(path, redirect(status, location));
  }

  public static Reply redirect(int status, String location, String... headers) {
    return e -> {
      e.getResponseHeaders().set("Location", location);
      for (int i = 0; i < headers.length; i += 2) {
        e.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      text(e, status, "elsewhere");
    };
  }

  public static Reply status(int status, String... headers) {
    return e -> {
      for (int i = 0; i < headers.length; i += 2) {
        e.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      text(e, status, "status " + status);
    };
  }

  /** A file that can be had in parts, whose tag has to be right for that. */
  public HubServer file(String path, byte[] content, String etag) {
    return at(path, file(content, etag));
  }

  public static Reply file(byte[] content, String etag) {
    return e -> part(e, content, etag, content.length, 0, true);
  }

  /** The same, but the connection ends after some bytes of each answer. */
  public static Reply cut(byte[] content, String etag, int bytes) {
    return e -> part(e, content, etag, bytes, 0, true);
  }

  /** The same, in pieces with a pause between. */
  public static Reply slow(byte[] content, String etag, int pauseMillis) {
    return e -> part(e, content, etag, content.length, pauseMillis, true);
  }

  /** The same, half of it at once and the rest when the gate opens. */
  public static Reply gated(byte[] content, String etag, CountDownLatch gate) {
    return e -> {
      e.getResponseHeaders().set("ETag", etag);
      e.sendResponseHeaders(200, content.length);
      e.getResponseBody().write(content, 0, content.length / 2);
      e.getResponseBody().flush();
      try {
        gate.await();
      } catch (InterruptedException interrupted) {
        return;
      }
      e.getResponseBody().write(content, content.length / 2, content.length - content.length / 2);
    };
  }

  /** The same, of a server that sends the rest of what it has now, whatever the tag. */
  public static Reply careless(byte[] content, String etag) {
    return e -> part(e, content, etag, content.length, 0, false);
  }

  /** A file that comes whole whatever is asked for. */
  public static Reply whole(byte[] content, String... headers) {
    return e -> {
      for (int i = 0; i < headers.length; i += 2) {
        e.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      e.sendResponseHeaders(200, content.length);
      e.getResponseBody().write(content);
    };
  }

  private static void part(
      HttpExchange e, byte[] content, String etag, int most, int pauseMillis, boolean careful)
      throws IOException {
    Headers asked = e.getRequestHeaders();
    String range = asked.getFirst("Range");
    String only = asked.getFirst("If-Range");
    int from = 0;
    int status = 200;
    if (!etag.isEmpty()) {
      e.getResponseHeaders().set("ETag", etag);
    }
    if (range != null && (only == null || only.equals(etag) || !careful)) {
      from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      if (from >= content.length) {
        text(e, 416, "no such range");
        return;
      }
      status = 206;
      e.getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    e.sendResponseHeaders(status, content.length - from);
    OutputStream out = e.getResponseBody();
    int end = Math.min(content.length, from + most);
    int piece = pauseMillis > 0 ? 20_000 : 1 << 16;
    for (int at = from; at < end; at += piece) {
      out.write(content, at, Math.min(piece, end - at));
      out.flush();
      if (pauseMillis > 0) {
        try {
          Thread.sleep(pauseMillis);
        } catch (InterruptedException interrupted) {
          return;
        }
      }
    }
  }

  public static void text(HttpExchange e, int status, String body) throws IOException {
    send(e, status, "text/plain", body);
  }

  public static void send(HttpExchange e, int status, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    e.getResponseHeaders().set("Content-Type", type);
    e.sendResponseHeaders(status, bytes.length);
    e.getResponseBody().write(bytes);
  }

  /** All requests until now. */
  public List<Seen> seen() {
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  /** Requests for a path until now. */
  public List<Seen> seen(String path) {
    return seen().stream().filter(s -> s.path().equals(path)).toList();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
