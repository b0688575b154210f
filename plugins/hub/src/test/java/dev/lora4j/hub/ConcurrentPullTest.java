package dev.lora4j.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.hub.web.HubException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs with threads: one adapter has one thread at a time, and an interrupt stops it. */
@Timeout(120)
class ConcurrentPullTest {
  private static final byte[] INK = TestAdapters.lora(8, 1);

  @TempDir private Path folder;
  private HubServer server;

  @BeforeEach
  void start() throws Exception {
    server = new HubServer();
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void threadsDoNotMixTheirBytes() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      for (int round = 0; round < 8; round++) {
        Path library = folder.resolve("round-" + round);
        AtomicInteger fetched = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          all.add(
              threads.submit(
                  () -> {
                    try {
                      boolean there =
                          new PulledFiles(server, library).one("hf:ann/ink").alreadyThere();
                      fetched.addAndGet(there ? 0 : 1);
                    } catch (HubException e) {
                      assertTrue(e.getMessage().contains("Another run fetches ink"), e.toString());
                    }
                  }));
        }
        for (Future<?> one : all) {
          one.get();
        }
        assertEquals(1, fetched.get());
        assertArrayEquals(INK, Files.readAllBytes(library.resolve("ink.safetensors")));
        assertEquals(
            List.of("ink.json", "ink.safetensors"), new PulledFiles(server, library).files());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void interruptStopsAndKeepsThePart() throws Exception {
    String cdn = "/cdn/" + TestAdapters.sha256(INK);
    server.once(cdn, HubServer.slow(INK, "\"x\"", 100));
    PulledFiles files = new PulledFiles(server, folder.resolve("adapters"));
    List<Throwable> thrown = new ArrayList<>();
    Thread worker =
        new Thread(
            () ->
                thrown.add(
                    assertThrows(CancellationException.class, () -> files.run("hf:ann/ink"))));
    worker.start();
    while (server.seen(cdn).isEmpty()) {
      Thread.sleep(5);
    }
    Thread.sleep(500);
    worker.interrupt();
    worker.join(20_000);
    assertEquals(1, thrown.size());
    assertTrue(thrown.get(0).getMessage().contains("are kept in"), thrown.toString());
    files.run("hf:ann/ink");
    assertArrayEquals(INK, Files.readAllBytes(files.library.resolve("ink.safetensors")));
    assertTrue(server.seen(cdn).get(1).header("Range").startsWith("bytes="));
  }
}
