package dev.lora4j.server.http;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty, which reads requests from the network and writes answers to it. */
final class JettyEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.server");
  private static final int MOST_THREADS = 24;
  private static final int LEAST_THREADS = 4;
  private static final int ANSWER_HEAD_BYTES = 16 << 10;
  private static final int ATTEMPTS = 10;

  private final Server server;
  private final List<ServerConnector> connectors = new ArrayList<>();

  private JettyEngine(ServerOptions options, Dispatcher dispatcher, AccessLog log) {
    QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
    threads.setName("http");
    threads.setDaemon(true);
    server = new Server(threads);
    // Neither waits for requests; the drain has done so.
    server.setStopTimeout(0);
    threads.setStopTimeout(0);
    for (InetAddress address : options.addresses()) {
      ServerConnector connector = connector(server, options);
      connector.setHost(address.getHostAddress());
      connectors.add(connector);
      server.addConnector(connector);
    }
    server.addBean(new NetworkConnectionLimit(options.connections(), server));
    server.setHandler(
        new Handler.Abstract.NonBlocking() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            dispatcher.accept(new JettyExchange(request, response, callback));
            return true;
          }
        });
    server.setErrorHandler(
        (request, response, callback) -> {
          error(dispatcher.forms(), request, response, callback);
          return true;
        });
    server.setRequestLog((request, response) -> log.write(entry(request, response)));
  }

  private static ServerConnector connector(Server server, ServerOptions options) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(options.headerBytes());
    http.setResponseHeaderSize(ANSWER_HEAD_BYTES);
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(http)) {
          @Override
          protected SocketChannelEndPoint newEndPoint(
              SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            JettyEndPoint endPoint =
                new JettyEndPoint(
                    channel, selector, key, getScheduler(), options.headTime().toNanos());
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
          }
        };
    connector.setIdleTimeout(options.idle().toMillis());
    return connector;
  }

  /**
   * Begins to listen, at the same port of each address.
   *
   * @throws IOException if a port cannot be listened at
   */
  static JettyEngine open(ServerOptions options, Dispatcher dispatcher, AccessLog log)
      throws IOException {
    int attempts = options.port() == 0 ? ATTEMPTS : 1;
    for (int i = 1; ; i++) {
      JettyEngine engine = new JettyEngine(options, dispatcher, log);
      try {
        engine.start(options.port());
        return engine;
      } catch (IOException e) {
        engine.close();
        // A port that is free at one address may be taken at the next.
        if (i == attempts) {
          throw new IOException(
              "The server cannot listen at "
                  + options.addresses()
                  + ", port "
                  + options.port()
                  + ": "
                  + e.getMessage()
                  + ". Stop what uses the port, or name another.",
              e);
        }
      }
    }
  }

  private void start(int port) throws IOException {
    int same = port;
    for (ServerConnector connector : connectors) {
      connector.setPort(same);
      connector.open();
      same = connector.getLocalPort();
    }
    try {
      server.start();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Threads that cost next to nothing while they wait; none before Java 21. */
  static Optional<Executor> virtualThreads() {
    return VirtualThreads.areSupported()
        ? Optional.ofNullable(VirtualThreads.getDefaultVirtualThreadsExecutor())
        : Optional.empty();
  }

  int port() {
    return connectors.get(0).getLocalPort();
  }

  /** Closes connections whose requests come too slowly. */
  void tick() {
    long now = System.nanoTime();
    for (ServerConnector connector : connectors) {
      for (EndPoint endPoint : connector.getConnectedEndPoints()) {
        if (endPoint instanceof JettyEndPoint ours) {
          ours.tick(now);
        }
      }
    }
  }

  /** Answers what was no request in the form of all other errors. */
  private static void error(
      ProblemForms forms, Request request, Response response, Callback callback) {
    int status = response.getStatus() >= 400 ? response.getStatus() : 500;
    Object cause = request.getAttribute(ErrorHandler.ERROR_EXCEPTION);
    String reason =
        cause instanceof HttpException http && http.getReason() != null
            ? " (" + http.getReason() + ")"
            : "";
    HttpProblem problem = new HttpProblem(status, BadRequests.message(status) + reason + ".");
    String id = RequestId.next();
    String path = Optional.ofNullable(request.getHttpURI().getDecodedPath()).orElse("");
    HttpAnswer answer = forms.answer(path, problem, id);
    response.setStatus(status);
    SecurityHeaders.ALL.forEach((name, value) -> response.getHeaders().put(name, value));
    answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put(RequestId.HEADER, id);
    response.write(true, ByteBuffer.wrap(answer.bytes()), callback);
  }

  private static AccessLog.Entry entry(Request request, Response response) {
    boolean known = request.getAttribute(JettyExchange.TENANT) != null;
    long nanos = System.nanoTime() - request.getBeginNanoTime();
    return new AccessLog.Entry(
        Instant.now(),
        request.getMethod(),
        known ? JettyExchange.path(request) : "-",
        response.getStatus(),
        Response.getContentBytesWritten(response),
        TimeUnit.NANOSECONDS.toMillis(nanos),
        known ? String.valueOf(request.getAttribute(JettyExchange.TENANT)) : "-",
        String.valueOf(response.getHeaders().get(RequestId.HEADER)));
  }

  @Override
  public void close() {
    for (ServerConnector connector : connectors) {
      connector.close();
      connector.getConnectedEndPoints().forEach(EndPoint::close);
    }
    try {
      server.stop();
    } catch (Exception e) {
      // What does not stop has no connections any more, and its threads end with the process.
      LOG.warn("The server did not stop.", e);
    }
  }
}
