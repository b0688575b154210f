package dev.lora4j.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadTest {
  private static final int REQUESTS = 50;

  /** Wide, as other programs may take the processors in between. */
  private static final double SLOWER = 5;

  private static final double SLACK_SECONDS = 1;

  private static String get(String path) {
    return RawClient.lines("GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close");
  }

  @Test
  void idleConnectionsCostNoThread() throws IOException {
    List<RawClient> idle = new ArrayList<>();
    try (HttpServer server = Served.open(Served.echo())) {
      hello(server, REQUESTS);
      double before = hello(server, REQUESTS);
      int threads = Thread.activeCount();
      for (int i = 0; i < 1000; i++) {
        idle.add(new RawClient(server));
      }
      double among = hello(server, REQUESTS);
      assertTrue(
          among < SLOWER * before + SLACK_SECONDS,
          among + " s among idle connections, " + before + " s before");
      assertTrue(Thread.activeCount() < threads + 50, Thread.activeCount() + " threads");
    } finally {
      for (RawClient client : idle) {
        client.close();
      }
    }
  }

  /** Seconds of some requests on connections of their own, one after the other. */
  private static double hello(HttpServer server, int requests) throws IOException {
    long began = System.nanoTime();
    for (int i = 0; i < requests; i++) {
      try (RawClient client = new RawClient(server)) {
        assertEquals("hello", RawClient.body(client.send(get("/hello")).rest()));
      }
    }
    return (System.nanoTime() - began) / 1e9;
  }

  @Test
  void busyServerSaysWhenToComeAgain() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (HttpServer server =
            Served.open(ServerOptions.loopback(0).requests(1), slow(begun, release));
        RawClient first = new RawClient(server)) {
      first.send(get("/slow"));
      assertTrue(begun.await(60, TimeUnit.SECONDS));
      try (RawClient second = new RawClient(server)) {
        String answer = second.send(get("/hello")).rest();
        assertEquals(503, RawClient.status(answer));
        assertTrue(RawClient.head(answer).contains("retry-after: 1"), answer);
      }
      release.countDown();
      assertEquals("slow", RawClient.body(first.rest()));
    }
  }

  @Test
  void drainLetsRequestsFinish() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (HttpServer server = Served.open(slow(begun, release));
        RawClient running = new RawClient(server)) {
      running.send(get("/slow"));
      assertTrue(begun.await(60, TimeUnit.SECONDS));
      CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> drain(server));
      while (!server.draining()) {
        Thread.sleep(10);
      }
      try (RawClient late = new RawClient(server)) {
        String answer = late.send(get("/hello")).rest();
        assertEquals(503, RawClient.status(answer));
        assertTrue(RawClient.head(answer).contains("retry-after: 5"), answer);
      }
      try (RawClient probe = new RawClient(server)) {
        assertEquals("ok", RawClient.body(probe.send(get("/health")).rest()));
      }
      assertFalse(drained.isDone());
      release.countDown();
      assertEquals("slow", RawClient.body(running.rest()));
      assertTrue(drained.get(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void drainEndsAfterItsTime() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (HttpServer server = Served.open(slow(begun, never));
        RawClient running = new RawClient(server)) {
      running.send(get("/slow"));
      assertTrue(begun.await(60, TimeUnit.SECONDS));
      assertFalse(server.drain(Duration.ofMillis(200)));
      assertEquals(0, RawClient.status(running.rest()));
    }
  }

  private static boolean drain(HttpServer server) {
    try {
      return server.drain(Duration.ofSeconds(60));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Routes slow(CountDownLatch begun, CountDownLatch release) {
    return Served.echo()
        .get(
            "/slow",
            request -> {
              begun.countDown();
              release.await();
              return HttpAnswer.text("slow");
            });
  }
}
