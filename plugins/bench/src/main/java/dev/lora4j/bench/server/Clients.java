package dev.lora4j.bench.server;

import dev.lora4j.cli.console.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Clients of a server, each of which asks again as soon as it has its answer (a closed loop). They
 * keep their connections. Whoever makes them closes them.
 */
final class Clients implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int SUCCESS = 200;

  private final URI server;
  private final HttpClient http;
  private final ExecutorService threads;

  /**
   * Clients of a server.
   *
   * @param server its address; a fragment is the key that it asks for
   */
  Clients(URI server, int count) {
    this.server = server;
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    threads =
        Executors.newFixedThreadPool(
            count,
            work -> {
              Thread thread = new Thread(work, "bench-client");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Asks all; each client takes the next when it has an answer.
   *
   * @return the answers in the order of the requests
   * @throws Failure if one is answered by an error
   */
  List<ServerAnswer> ask(List<ServerRequest> requests) {
    List<Future<ServerAnswer>> all = new ArrayList<>();
    for (ServerRequest request : requests) {
      all.add(threads.submit(() -> send(request)));
    }
    List<ServerAnswer> answers = new ArrayList<>();
    try {
      for (Future<ServerAnswer> one : all) {
        answers.add(one.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Interrupted while a server was asked.");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Failure failure
          ? failure
          : new Failure("A server could not be asked: " + e.getCause(), e);
    } finally {
      all.forEach(one -> one.cancel(true));
    }
  }

  /**
   * Asks alone.
   *
   * @throws Failure if it is answered by an error
   */
  ServerAnswer ask(ServerRequest request) {
    return ask(List.of(request)).get(0);
  }

  private ServerAnswer send(ServerRequest request) throws IOException, InterruptedException {
    long began = System.nanoTime();
    HttpResponse<InputStream> response =
        http.send(request.to(server), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      byte[] begin = in.readNBytes(1);
      double first = (System.nanoTime() - began) / 1e9;
      byte[] rest = in.readAllBytes();
      double last = (System.nanoTime() - began) / 1e9;
      String body =
          new String(begin, StandardCharsets.UTF_8) + new String(rest, StandardCharsets.UTF_8);
      if (response.statusCode() != SUCCESS) {
        throw new Failure("A server answered " + response.statusCode() + ": " + body.strip());
      }
      return new ServerAnswer(first, last, body);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
