package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.text.pipeline.TextPrompt;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand adapters in one process, far more than its memory for adapters holds. {@code
 * -Dserver.requests=10000} asks more often.
 */
@Tag("slow")
class ManyAdaptersTest {
  private static final int ADAPTERS = 1000;
  private static final int REQUESTS = Integer.getInteger("server.requests", 2000);
  private static final int CLIENTS = 8;
  private static final long GROWTH = 300L << 20;

  @TempDir private Path folder;

  @Test
  void noRequestGetsAnotherAdapter() throws Exception {
    Path adapters = folder.resolve("adapters");
    try (RunningServer server =
        new RunningServer(folder.resolve("state"), adapters, QueueLimits.DEFAULT, 1)) {
      List<String> alone = new ArrayList<>();
      TextPrompt prompt = TextPrompt.of("My fellow citizens").tokens(3);
      for (int i = 0; i < ADAPTERS; i++) {
        Path file = adapters.resolve("a" + i);
        RandomAdapters.write(file, server.texts().base().family(), "q_proj", i, 0.5f);
        MixPlan mix = MixPlan.of(server.texts().adapter(file), 1);
        alone.add(server.texts().generate(prompt.mix(mix)).text());
      }
      assertTrue(alone.stream().distinct().count() > ADAPTERS / 4, "adapters differ");
      assertEquals(List.of(), ask(server, alone, REQUESTS / 4));
      long memory = resident();
      long files = openFiles();
      assertEquals(List.of(), ask(server, alone, REQUESTS - REQUESTS / 4));
      assertTrue(server.evictions() > ADAPTERS, "evicted " + server.evictions());
      long grown = resident() - memory;
      assertTrue(grown < GROWTH, "grew by " + (grown >> 20) + " MiB");
      long opened = openFiles() - files;
      assertTrue(opened < CLIENTS * 4, "more open files: " + opened);
    }
  }

  private static List<String> ask(RunningServer server, List<String> alone, int requests)
      throws Exception {
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        Random random = new Random(client + requests);
        all.add(
            clients.submit(
                () -> {
                  for (int i = 0; i < requests / CLIENTS; i++) {
                    int adapter = random.nextInt(ADAPTERS);
                    String text = text(server, adapter);
                    if (!text.equals(alone.get(adapter))) {
                      wrong.add("a" + adapter + ": " + text);
                    }
                  }
                  return true;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      clients.shutdownNow();
    }
    return List.copyOf(wrong);
  }

  private static String text(RunningServer server, int adapter) throws Exception {
    HttpResponse<String> answer =
        server.post(
            "/v1/completions",
            "{\"model\":\"a%d\",\"prompt\":\"My fellow citizens\",\"max_tokens\":3,\"temperature\":0}"
                .formatted(adapter));
    return answer.statusCode() != 200
        ? answer.body()
        : RunningServer.json(answer)
            .getAsJsonArray("choices")
            .get(0)
            .getAsJsonObject()
            .get("text")
            .getAsString();
  }

  /** Resident memory of this process; 0 where the system does not tell. */
  private static long resident() throws IOException {
    System.gc();
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .sum();
  }

  private static long openFiles() throws IOException {
    Path all = Path.of("/proc/self/fd");
    if (!Files.exists(all)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(all)) {
      return files.count();
    }
  }
}
