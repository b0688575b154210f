package dev.lora4j.text.align.reward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import dev.lora4j.text.align.RewardException;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.RewardTable;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.Rollouts;
import dev.lora4j.text.align.WeightedReward;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rewards of a program that is asked over HTTP. */
class HttpRewardTest {
  private static final RewardRequest TWO =
      Rollouts.request(
          Rollouts.of("Grüße", new LinkedHashMap<>(Map.of("n", 3L, "tags", List.of("a", "b")))),
          Rollouts.of("b", Map.of()));

  /** Answer of the server. */
  private record Answer(int status, String body) {}

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/score",
        exchange -> {
          try (exchange) {
            asked.add(
                exchange.getRequestMethod()
                    + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type")
                    + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Answer answer = next();
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  /** The next answer; the last stays. */
  private synchronized Answer next() {
    if (answers.isEmpty()) {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new Answer(500, "");
    }
    return answers.size() == 1 ? answers.getFirst() : answers.removeFirst();
  }

  @AfterEach
  void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private RewardTable ask(double timeout, int retries) {
    String url = "http://localhost:" + server.getAddress().getPort() + "/score";
    return Rewards.of(List.of(new WeightedReward(new Http(url, timeout, retries), 1))).ask(TWO);
  }

  @Test
  void completionsAreSentAndRewardsRead() {
    answers.add(new Answer(200, "{\"rewards\": [0.5, null], \"took\": 3}"));
    assertEquals(List.of(OptionalDouble.of(0.5), OptionalDouble.empty()), ask(20, 0).sums());
    assertEquals(1, asked.size());
    String start = "POST application/json ";
    assertTrue(asked.get(0).startsWith(start), asked.get(0));
    assertEquals(
        JsonParser.parseString(
            "{'step': 7, 'prompts': ['Q: ', 'Q: '], 'completions': ['Grüße', 'b'],"
                + " 'columns': [{'n': 3, 'tags': ['a', 'b']}, {}]}"),
        JsonParser.parseString(asked.get(0).substring(start.length())));
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "429"})
  void faultThatPassesIsAskedAgain(int status) {
    answers.add(new Answer(status, "busy"));
    answers.add(new Answer(200, "{\"rewards\": [1, 2]}"));
    assertEquals(List.of(OptionalDouble.of(1), OptionalDouble.of(2)), ask(20, 1).sums());
    assertEquals(2, asked.size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "500 | out of memory                       | status 500: out of memory | 2",
        "404 | ``                                  | status 404: nothing       | 1",
        "204 | ``                                  | status 204               | 1",
        "302 | ``                                  | elsewhere, to /elsewhere | 1",
        "200 | ``                                  | must answer              | 1",
        "200 | <html>hello</html>                  | found <html>             | 1",
        "200 | [1, 2]                              | must answer              | 1",
        "200 | {\"rewards\": 1}                    | must answer              | 1",
        "200 | {\"scores\": [1, 2]}                | must answer              | 1",
        "200 | {\"rewards\": [1]}                  | gave 1 rewards for 2     | 1",
        "200 | {\"rewards\": [1, {\"a\": 1}]}      | completion 2 of 2        | 1",
        "200 | {\"rewards\": [1, \"good\"]}        | no number                | 1",
        "200 | {\"rewards\": [1, true]}            | no number                | 1",
        "200 | {\"rewards\": [NaN, 1]}             | gave NaN                 | 1",
      })
  void wrongAnswerIsTold(int status, String body, String told, int times) {
    answers.add(new Answer(status, body));
    RewardException thrown = assertThrows(RewardException.class, () -> ask(20, 1));
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith("In step 7, the reward http"), message);
    assertTrue(message.contains(told), message);
    assertEquals(times, asked.size());
  }

  @Test
  void silentProgramIsNotWaitedForLonger() {
    RewardException thrown = assertThrows(RewardException.class, () -> ask(0.3, 3));
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains("/score has not answered for 0.3 seconds"), message);
    assertEquals(1, asked.size());
    assertEquals(OptionalInt.empty(), thrown.row());
  }

  @Test
  void missingProgramIsTold() {
    server.stop(0);
    RewardException thrown = assertThrows(RewardException.class, () -> ask(20, 1));
    assertTrue(String.valueOf(thrown.getMessage()).contains("cannot be reached"));
  }

  @Test
  void interruptEndsTheRequest() throws InterruptedException {
    Thread trainer =
        new Thread(
            () ->
                assertThrows(java.util.concurrent.CancellationException.class, () -> ask(600, 0)));
    trainer.start();
    for (int i = 0; i < 200 && asked.isEmpty(); i++) {
      Thread.sleep(20);
    }
    trainer.interrupt();
    trainer.join(TimeUnit.SECONDS.toMillis(10));
    assertTrue(!trainer.isAlive() && asked.size() == 1);
  }
}
