package dev.lora4j.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostileRequestTest {
  private static final String CLOSE = "Connection: close";

  private static HttpServer server;

  @BeforeAll
  static void open() throws IOException {
    server =
        Served.open(
            ServerOptions.loopback(0).bodyBytes(1000).headTime(Duration.ofSeconds(2)),
            Served.echo());
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static void assertStatus(int status, String answer) {
    assertEquals(status, RawClient.status(answer), answer);
    assertFalse(answer.contains("\tat ") || answer.contains("Exception"), answer);
    assertFalse(answer.toLowerCase(java.util.Locale.ROOT).contains("jetty"), answer);
    assertTrue(answer.contains("x-request-id: req-"), answer);
    assertTrue(answer.contains("x-content-type-options: nosniff"), answer);
    assertTrue(RawClient.body(answer).startsWith("{\"error\":{"), answer);
  }

  /** Lines have a bar between them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          421; GET /hello HTTP/1.1|Host: evil.test
          400; GET /hello HTTP/1.1
          400; GET /hello HTTP/1.1|Host: localhost|Host: localhost
          400; GET http://evil.test/hello HTTP/1.1|Host: localhost
          421; GET http://evil.test/hello HTTP/1.1|Host: evil.test
          421; GET /hello HTTP/1.0
          403; POST /echo HTTP/1.1|Host: localhost|Origin: null|Content-Type: application/json|Content-Length: 0
          403; POST /echo HTTP/1.1|Host: localhost|Origin: http://evil.test|Content-Type: application/json|Content-Length: 0
          403; POST /echo HTTP/1.1|Host: localhost|Sec-Fetch-Site: cross-site|Content-Type: application/json|Content-Length: 0
          415; POST /echo HTTP/1.1|Host: localhost|Content-Type: text/plain|Content-Length: 0
          415; POST /echo HTTP/1.1|Host: localhost|Content-Type: application/x-www-form-urlencoded|Content-Length: 0
          400; GET /id/..%2fx HTTP/1.1|Host: localhost
          400; GET /id/%2e%2e/x HTTP/1.1|Host: localhost
          400; GET /id/%00 HTTP/1.1|Host: localhost
          400; GET /id/%0d%0aX HTTP/1.1|Host: localhost
          400; GET /id/%zz HTTP/1.1|Host: localhost
          400; GET /id/%C3 HTTP/1.1|Host: localhost
          400; GET /id/a\\b HTTP/1.1|Host: localhost
          400; GET /id/%5c HTTP/1.1|Host: localhost
          400; GET /hello?a=%zz HTTP/1.1|Host: localhost
          404; GET /id/../nothing HTTP/1.1|Host: localhost
          404; GET /nothing HTTP/1.1|Host: localhost
          405; POST /hello HTTP/1.1|Host: localhost
          405; TRACE /hello HTTP/1.1|Host: localhost
          400; POST /echo HTTP/1.1|Host: localhost|Content-Type: application/json|Content-Length: 2|Content-Length: 3
          400; POST /echo HTTP/1.1|Host: localhost|Content-Type: application/json|Content-Length: -2
          400; POST /echo HTTP/1.1|Host: localhost|Content-Type: application/json|Content-Length: 2|Transfer-Encoding: chunked
          400; POST /echo HTTP/1.1|Host: localhost|Content-Type: application/json|Transfer-Encoding: chunked||zz
          413; POST /echo HTTP/1.1|Host: localhost|Content-Type: application/json|Content-Length: 1001
          415; POST /echo HTTP/1.1|Host: localhost|Content-Type: application/json|Content-Encoding: gzip|Content-Length: 0
          417; GET /hello HTTP/1.1|Host: localhost|Expect: tea
          505; GET /hello HTTP/3.0|Host: localhost
          400; GET /hello HTTP/1.1|Host: localhost|Bad Header: 1
          400; GET /hello HTTP/1.1|Host: localhost|X: 1| folded
          """)
  void wrongRequestHasItsStatus(int status, String lines) throws IOException {
    String[] all = lines.replaceFirst("\\|", "|" + CLOSE + "|").split("\\|", -1);
    assertStatus(status, RawClient.answer(server, all));
  }

  @Test
  void bytesThatAreNoHttpAreRefused() throws IOException {
    assertStatus(400, RawClient.answer(server, "\u0016\u0003\u0001\u0000\u00a5 no HTTP"));
  }

  @Test
  void largeHeaderIsRefused() throws IOException {
    String answer =
        RawClient.answer(
            server, "GET /hello HTTP/1.1", "Host: localhost", "X: " + "x".repeat(17 << 10));
    assertStatus(431, answer);
  }

  /** Even to a client that looks for no answer before it has sent all. */
  @Test
  void largeBodyThatIsSentWholeIsRefused() throws IOException {
    String head =
        RawClient.lines(
            "POST /echo HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            "Content-Length: 5000000");
    try (RawClient client = new RawClient(server)) {
      client.send(head + " ".repeat(5_000_000));
      assertStatus(413, client.until("}}"));
    }
  }

  @Test
  void largeChunkedBodyIsRefused() throws IOException {
    String head =
        RawClient.lines(
            "POST /echo HTTP/1.1",
            "Host: localhost",
            CLOSE,
            "Content-Type: application/json",
            "Transfer-Encoding: chunked");
    try (RawClient client = new RawClient(server)) {
      client.send(head + "3e9\r\n" + "x".repeat(1001) + "\r\n");
      assertStatus(413, client.rest());
    }
  }

  @Test
  void bodyOfWrongEncodingIsRefused() throws IOException {
    String head =
        RawClient.lines(
            "POST /echo HTTP/1.1",
            "Host: localhost",
            CLOSE,
            "Content-Type: application/json",
            "Content-Length: 2");
    try (RawClient client = new RawClient(server)) {
      assertStatus(400, client.send(head + "\u00c3(").rest());
    }
  }

  @Test
  void tricklingHeadIsCut() throws Exception {
    try (RawClient client = new RawClient(server)) {
      client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n");
      assertCut(client, "X");
    }
  }

  @Test
  void tricklingBodyIsCut() throws Exception {
    try (RawClient client = new RawClient(server)) {
      client.send(
          RawClient.lines(
              "POST /echo HTTP/1.1",
              "Host: localhost",
              "Content-Type: application/json",
              "Content-Length: 900"));
      assertCut(client, " ");
    }
  }

  private static void assertCut(RawClient client, String one) throws InterruptedException {
    boolean cut = false;
    for (int i = 0; i < 600 && !cut; i++) {
      Thread.sleep(100);
      try {
        client.send(one);
      } catch (SocketException e) {
        cut = true;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    assertTrue(cut, "a connection that sends a byte at a time stayed open for a minute");
  }

  @Test
  void serverLivesAfterHalfRequests() throws IOException {
    for (String half : new String[] {"", "G", "GET /hello HTTP/1.1\r\nHost: loc", "\r\n\r\n"}) {
      try (RawClient client = new RawClient(server)) {
        client.send(half);
      }
    }
    String answer = RawClient.answer(server, "GET /hello HTTP/1.1", "Host: localhost", CLOSE);
    assertEquals("hello", RawClient.body(answer));
  }
}
