package dev.lora4j.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  /** The last chunk. */
  private static final String END = "\r\n0\r\n\r\n";

  private static final ServerOptions OPTIONS =
      ServerOptions.loopback(0)
          .keepAlive(Duration.ofMillis(300))
          .writeTime(Duration.ofSeconds(2))
          .streamBytes(1000)
          .pageStreams(2);

  private static String get(String path) {
    return RawClient.lines("GET " + path + " HTTP/1.1", "Host: localhost");
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertTrue(latch.await(60, TimeUnit.SECONDS));
  }

  @Test
  void eventsArriveInOrder() throws IOException {
    Routes routes =
        Routes.none()
            .get(
                "/events",
                request ->
                    HttpAnswer.events(
                        stream -> {
                          for (int i = 0; i < 500; i++) {
                            assertTrue(stream.data("number " + i));
                          }
                          assertTrue(stream.event("end", "7", "[DONE]"));
                        }));
    try (HttpServer server = Served.open(OPTIONS, routes);
        RawClient client = new RawClient(server)) {
      String answer = client.send(get("/events")).until(END);
      assertEquals(200, RawClient.status(answer));
      assertTrue(RawClient.head(answer).contains("content-type: text/event-stream"), answer);
      int at = 0;
      for (int i = 0; i < 500; i++) {
        at = answer.indexOf("data: number " + i + "\n\n", at);
        assertTrue(at >= 0, "event " + i);
      }
      assertTrue(answer.contains("event: end\nid: 7\ndata: [DONE]\n\n"), answer);
    }
  }

  @Test
  void problemBeforeFirstEventIsTheAnswer() throws IOException {
    Routes routes =
        Routes.none()
            .get(
                "/events",
                request ->
                    HttpAnswer.events(
                        stream -> {
                          throw new HttpProblem(404, "No such adapter.");
                        }));
    try (HttpServer server = Served.open(routes);
        RawClient client = new RawClient(server)) {
      String answer = client.send(get("/events")).until("}}");
      assertEquals(404, RawClient.status(answer));
      assertTrue(answer.contains("No such adapter."), answer);
    }
  }

  @Test
  void failureInMidStreamCutsIt() throws IOException {
    Routes routes =
        Routes.none()
            .get(
                "/events",
                request ->
                    HttpAnswer.events(
                        stream -> {
                          stream.data("one");
                          throw new IllegalStateException("broken");
                        }));
    try (HttpServer server = Served.open(routes);
        RawClient client = new RawClient(server)) {
      String answer = client.send(get("/events")).rest();
      assertTrue(answer.contains("data: one\n\n"), answer);
      assertFalse(answer.endsWith(END), answer);
      assertFalse(answer.contains("broken"), answer);
    }
  }

  @Test
  void silentStreamGetsComments() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    Routes routes =
        Routes.none().get("/events", request -> HttpAnswer.events(stream -> await(seen)));
    try (HttpServer server = Served.open(OPTIONS, routes);
        RawClient client = new RawClient(server)) {
      client.send(get("/events")).until(":\n\n");
      client.until(":\n\n");
      seen.countDown();
      assertTrue(client.until(END).endsWith(END));
    }
  }

  @Test
  void departureInMidStreamIsReported() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Routes routes =
        Routes.none()
            .get(
                "/events",
                request ->
                    HttpAnswer.events(
                        stream -> {
                          stream.onDisconnect(told::countDown);
                          stream.data("first");
                          await(told);
                          assertTrue(stream.disconnected());
                          assertFalse(stream.data("more"));
                          ended.countDown();
                        }));
    try (HttpServer server = Served.open(routes)) {
      try (RawClient client = new RawClient(server)) {
        client.send(get("/events")).until("first\n\n");
      }
      await(told);
      await(ended);
    }
  }

  @Test
  void departureBeforeAnswerIsReported() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    Routes routes =
        Routes.none()
            .post(
                "/slow",
                request -> {
                  request.onDisconnect(told::countDown);
                  begun.countDown();
                  await(told);
                  assertTrue(request.disconnected());
                  return HttpAnswer.empty(204);
                });
    try (HttpServer server = Served.open(routes)) {
      try (RawClient client = new RawClient(server)) {
        client.send(
            RawClient.lines(
                    "POST /slow HTTP/1.1",
                    "Host: localhost",
                    "Content-Type: application/json",
                    "Content-Length: 2")
                + "{}");
        await(begun);
      }
      await(told);
    }
  }

  @Test
  void slowClientCountsAsGone() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    Routes routes =
        Routes.none()
            .get(
                "/events",
                request ->
                    HttpAnswer.events(
                        stream -> {
                          String text = "x".repeat(10_000);
                          while (stream.data(text)) {
                            assertFalse(stream.disconnected());
                          }
                          assertTrue(stream.disconnected());
                          ended.countDown();
                        }));
    try (HttpServer server = Served.open(OPTIONS, routes);
        RawClient client = new RawClient(server)) {
      client.send(get("/events"));
      await(ended);
    }
  }

  @Test
  void subscriptionsKeepNoThreadAndAreFew() throws Exception {
    List<EventStream> streams = new ArrayList<>();
    Routes routes =
        Served.echo()
            .get(
                "/subscribe",
                request ->
                    HttpAnswer.subscription(
                        stream -> {
                          synchronized (streams) {
                            streams.add(stream);
                          }
                        }));
    try (HttpServer server = Served.open(OPTIONS.requests(2), routes);
        RawClient first = new RawClient(server);
        RawClient second = new RawClient(server)) {
      first.send(get("/subscribe")).until(":\n\n");
      second.send(get("/subscribe")).until(":\n\n");
      assertEquals(200, RawClient.status(answerOfFreeThread(server, "/hello")));
      String answer = answerOfFreeThread(server, "/subscribe");
      assertEquals(429, RawClient.status(answer), answer);
      assertTrue(RawClient.head(answer).contains("retry-after: 5"), answer);
      synchronized (streams) {
        assertEquals(2, streams.size());
        assertTrue(streams.get(0).data("to one of them"));
        streams.forEach(EventStream::close);
      }
      String both = first.until(END) + second.until(END);
      assertTrue(both.contains("data: to one of them\n\n"), both);
    }
  }

  /** Threads come free a moment after their handlers' answers. */
  private static String answerOfFreeThread(HttpServer server, String path) throws IOException {
    while (true) {
      String answer =
          RawClient.answer(
              server, "GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close");
      if (RawClient.status(answer) != 503) {
        return answer;
      }
    }
  }

  @Test
  void requestsSentAheadSurviveTheWatch() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicReference<Boolean> gone = new AtomicReference<>();
    Routes routes =
        Served.echo()
            .get(
                "/slow",
                request -> {
                  await(release);
                  gone.set(request.disconnected());
                  return HttpAnswer.text("slow");
                });
    try (HttpServer server = Served.open(routes);
        RawClient client = new RawClient(server)) {
      client.send(RawClient.lines("GET /slow HTTP/1.1", "Host: localhost"));
      Thread.sleep(300);
      client.send(RawClient.lines("GET /hello HTTP/1.1", "Host: localhost", "Connection: close"));
      Thread.sleep(300);
      release.countDown();
      client.until("slow");
      assertEquals("hello", RawClient.body(client.rest()));
      assertEquals(false, gone.get());
    }
  }
}
