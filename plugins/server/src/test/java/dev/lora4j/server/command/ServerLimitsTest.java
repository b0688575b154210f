package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.server.schedule.QueueLimits;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server does when more is asked of it than it can do, and when clients go away. */
@Timeout(120)
class ServerLimitsTest {
  private static final String IMAGES = "/v1/images/generations";
  private static final String LONG = "{\"prompt\":\"a fox\",\"steps\":1000}";
  private static final String RUNNING = "vllm:num_requests_running{model_name=\"emoji-sd\"} ";
  private static final String WAITING = "vllm:num_requests_waiting{model_name=\"emoji-sd\"} ";

  @TempDir private Path folder;

  private static void until(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      Thread.sleep(10);
    }
  }

  private static boolean shows(RunningServer server, String line) throws Exception {
    return server.get("/metrics").body().contains(line);
  }

  private static CompletableFuture<HttpResponse<String>> send(RunningServer server) {
    return server
        .client()
        .sendAsync(server.request(IMAGES, LONG), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void fullQueueSaysWhenToComeBack() throws Exception {
    QueueLimits one = QueueLimits.DEFAULT.withEntries(1);
    try (RunningServer server =
        new RunningServer(folder.resolve("state"), folder.resolve("adapters"), one, 1)) {
      CompletableFuture<HttpResponse<String>> first = send(server);
      until(() -> shows(server, RUNNING + "1.0"));
      CompletableFuture<HttpResponse<String>> second = send(server);
      until(() -> shows(server, WAITING + "1.0"));
      HttpResponse<String> refused = server.post(IMAGES, LONG);
      assertEquals(429, refused.statusCode(), refused.body());
      assertEquals("true", refused.headers().firstValue("x-should-retry").orElse(""));
      long seconds = Long.parseLong(refused.headers().firstValue("retry-after").orElse("0"));
      assertTrue(seconds >= 1 && seconds <= 60, "retry after " + seconds);
      // Whoever goes away makes room, whether waiting or at work.
      second.cancel(true);
      until(() -> shows(server, WAITING + "0.0"));
      first.cancel(true);
      until(() -> shows(server, RUNNING + "0.0"));
      assertEquals(200, server.post(IMAGES, LONG.replace("1000", "1")).statusCode());
      assertTrue(shows(server, "lora4j_refused_requests_total{model_name=\"emoji-sd\"} 1.0"));
    }
  }

  @Test
  void abandonedTextEndsEarly() throws Exception {
    try (RunningServer server =
        new RunningServer(
            folder.resolve("state"), folder.resolve("adapters"), QueueLimits.DEFAULT, 1)) {
      String running = "vllm:num_requests_running{model_name=\"tiny-lm\"} ";
      String body = "{\"prompt\":\"The\",\"max_tokens\":100000,\"temperature\":1,\"stream\":true}";
      CompletableFuture<HttpResponse<String>> stream =
          server
              .client()
              .sendAsync(
                  server.request("/v1/completions", body), HttpResponse.BodyHandlers.ofString());
      until(() -> shows(server, running + "1.0") || stream.isDone());
      stream.cancel(true);
      until(() -> shows(server, running + "0.0"));
    }
  }
}
