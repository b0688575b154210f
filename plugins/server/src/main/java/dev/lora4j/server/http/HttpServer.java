package dev.lora4j.server.http;

import dev.lora4j.server.guard.RequestGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that listens. Who opens it closes it. */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.server");
  private static final long TICK_MILLIS = 500;
  private static final long IDLE_THREAD_SECONDS = 30;

  private final Traffic traffic;
  private final EventStreams streams;
  private final ThreadPoolExecutor threads;
  private final Workers workers;
  private final Thread clock;
  private final JettyEngine engine;

  private HttpServer(ServerOptions options, RequestGuard guard, Routes routes, AccessLog log)
      throws IOException {
    traffic = new Traffic();
    streams = new EventStreams(options);
    threads = threads(options.requests());
    workers = new Workers(options.requests(), JettyEngine.virtualThreads().orElse(threads));
    BodyBudget budget = new BodyBudget(options.bodyBytes(), Runtime.getRuntime().maxMemory() / 4);
    try {
      Dispatcher dispatcher =
          new Dispatcher(
              guard, routes.with(SessionRoute.of(guard)), workers, streams, traffic, budget);
      engine = JettyEngine.open(options, dispatcher, log);
    } catch (IOException | RuntimeException e) {
      threads.shutdown();
      throw e;
    }
    clock = thread(this::tick, "http-clock");
    clock.start();
  }

  /**
   * Begins to listen.
   *
   * @throws IOException if an address cannot be listened at, for example as its port is taken
   * @throws IllegalArgumentException if other machines reach an address and no token is required,
   *     or two routes answer the same requests
   */
  public static HttpServer open(ServerOptions options, RequestGuard guard, Routes routes)
      throws IOException {
    return open(options, guard, routes, AccessLog.ofProgram());
  }

  static HttpServer open(ServerOptions options, RequestGuard guard, Routes routes, AccessLog log)
      throws IOException {
    guard.requireTokenBeyondLoopback(options.addresses());
    return new HttpServer(options, guard, routes, log);
  }

  private static ThreadPoolExecutor threads(int most) {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        most,
        IDLE_THREAD_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> thread(task, "http-handler-" + number.incrementAndGet()));
  }

  private static Thread thread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void tick() {
    try {
      while (true) {
        Thread.sleep(TICK_MILLIS);
        try {
          streams.tick();
          engine.tick();
        } catch (RuntimeException e) {
          LOG.error("The clock of the server failed; it goes on.", e);
        }
      }
    } catch (InterruptedException e) {
      // The server is closed.
    }
  }

  /** The port at which it listens. */
  public int port() {
    return engine.port();
  }

  /** True once it refuses new requests; {@code /ready} says so. */
  public boolean draining() {
    return traffic.isDraining();
  }

  /**
   * Refuses new requests with status 503 and {@code retry-after}, ends subscriptions, lets the
   * requests that run finish for at most this long, and closes.
   *
   * @return whether all finished
   */
  public boolean drain(Duration most) throws InterruptedException {
    traffic.refuse();
    streams.closeSubscriptions();
    try {
      return traffic.awaitNone(most);
    } finally {
      close();
    }
  }

  /** Ends all connections at once and interrupts the handlers that run. */
  @Override
  public void close() {
    traffic.refuse();
    clock.interrupt();
    engine.close();
    workers.interrupt();
    threads.shutdown();
  }
}
