package dev.lora4j.bench.server;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.cli.Main;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Processor time of a studio that nobody asks anything, with both bundled bases loaded and a page's
 * stream of events open.
 */
record IdleServer() implements Case {
  private static final Duration WATCHED = Duration.ofSeconds(30);

  /** After the last request, in which buffers are given back and threads fall asleep. */
  private static final Duration SETTLING = Duration.ofSeconds(10);

  /** Half a percent of a processor, which tools show as 0 %. */
  private static final double MOST_MILLIS = 150;

  private static final String EVENTS = "/studio/events";

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public List<Result> measure(Bench bench) {
    Path folder = bench.folder().resolve(name());
    List<String> words =
        new ArrayList<>(List.of("studio", "--adapters", bench.folder().toString()));
    words.addAll(List.of("--folder", folder.toString()));
    words.addAll(OurServer.usual(bench, DType.F32));
    try (ServerProcess server =
            ServerProcess.start("studio", bench.program(Main.class, words.toArray(String[]::new)));
        Clients clients = new Clients(server.address(), 1);
        InputStream events = events(server)) {
      clients.ask(ServedKind.text("tiny-lm", 0, ServedKind.TOKENS));
      clients.ask(ServedKind.picture("emoji-sd", 0, ServedKind.STEPS));
      Thread.sleep(SETTLING.toMillis());
      Duration before = used(server);
      Thread.sleep(WATCHED.toMillis());
      double millis = used(server).minus(before).toNanos() / 1e6;
      if (events.available() < 0) {
        throw new Failure("The stream of events was closed.");
      }
      double ratio = millis / MOST_MILLIS;
      return List.of(
          new Result(
              bench.name(),
              millis,
              MOST_MILLIS,
              "half a percent of 30 s",
              new Spread(ratio, ratio, ratio),
              "ms",
              DType.F32,
              Target.atMost(1),
              List.of()));
    } catch (IOException e) {
      throw new Failure("The stream of events failed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Interrupted while a server was idle.");
    }
  }

  private static InputStream events(ServerProcess server) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        HttpClient.newHttpClient()
            .send(
                ServerRequest.to(server.address(), EVENTS).build(),
                HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new Failure(EVENTS + " is answered by " + response.statusCode() + ".");
    }
    return response.body();
  }

  private static Duration used(ServerProcess server) {
    return server
        .processorTime()
        .orElseThrow(() -> new Failure("This system does not tell the time of a process."));
  }
}
