package dev.lora4j.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.server.guard.AccessToken;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HttpServerTest {
  private static final String CLOSE = "Connection: close";

  private static HttpServer server;

  @BeforeAll
  static void open() throws IOException {
    server = Served.open(Served.echo());
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static HttpResponse<String> get(String path) throws Exception {
    var request =
        java.net.http.HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  @Test
  void answersHaveSecurityHeadersAndAnId() throws Exception {
    HttpResponse<String> answer = get("/hello");
    assertEquals("hello", answer.body());
    SecurityHeaders.ALL.forEach(
        (name, value) -> assertEquals(List.of(value), answer.headers().allValues(name)));
    assertTrue(answer.headers().firstValue("x-request-id").orElseThrow().startsWith("req-"));
    assertEquals(List.of(), answer.headers().allValues("server"));
    assertTrue(
        answer.headers().map().keySet().stream()
            .noneMatch(n -> n.toLowerCase(Locale.ROOT).startsWith("access-control")));
  }

  @Test
  void partsOfPathsAreDecoded() throws Exception {
    assertEquals("a bä", get("/id/a%20b%C3%A4").body());
  }

  @Test
  void headHasLengthWithoutBody() throws IOException {
    String answer = RawClient.answer(server, "HEAD /hello HTTP/1.1", "Host: localhost", CLOSE);
    assertEquals(200, RawClient.status(answer));
    assertTrue(RawClient.head(answer).contains("content-length: 5"), answer);
    assertEquals("", RawClient.body(answer));
  }

  @Test
  void optionsSayTheMethods() throws IOException {
    String answer = RawClient.answer(server, "OPTIONS /echo HTTP/1.1", "Host: localhost", CLOSE);
    assertEquals(204, RawClient.status(answer));
    assertTrue(RawClient.head(answer).contains("allow: OPTIONS, POST"), answer);
  }

  @Test
  void absentPathIsNamed() throws Exception {
    HttpResponse<String> answer = get("/v1/nothing");
    assertEquals(404, answer.statusCode());
    assertTrue(answer.body().contains("There is nothing at /v1/nothing."), answer.body());
  }

  @Test
  void problemsKeepTheirHeaders() throws Exception {
    HttpResponse<String> answer = get("/later");
    assertEquals(429, answer.statusCode());
    assertEquals("7", answer.headers().firstValue("retry-after").orElseThrow());
  }

  @Test
  void failuresTellAnIdAndNoReason() throws Exception {
    HttpResponse<String> answer = get("/broken");
    assertEquals(500, answer.statusCode());
    assertFalse(answer.body().contains("secret"), answer.body());
    String id = answer.headers().firstValue("x-request-id").orElseThrow();
    assertTrue(answer.body().contains(id), answer.body());
  }

  @Test
  void connectionServesManyRequests() throws IOException {
    String one =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 5\r\n\r\n\"%03d\"";
    try (RawClient client = new RawClient(server)) {
      for (int i = 0; i < 50; i++) {
        client.send(one.formatted(i));
        client.until("\"%03d\"".formatted(i));
      }
    }
  }

  /** Whoever reads next is told so, however a watch of the connection and an answer meet. */
  @Test
  void requestsThatAreSentAheadAreAllAnswered() throws IOException {
    String one =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 5\r\n\r\n\"%03d\"";
    for (int connection = 0; connection < 20; connection++) {
      try (RawClient client = new RawClient(server)) {
        StringBuilder ahead = new StringBuilder();
        for (int i = 0; i < 50; i++) {
          ahead.append(one.formatted(i));
        }
        client.send(ahead.toString());
        for (int i = 0; i < 50; i++) {
          String answer = client.until("\"%03d\"".formatted(i));
          assertEquals(200, RawClient.status(answer), answer);
        }
      }
    }
  }

  @Test
  void continueIsSentBeforeTheBody() throws IOException {
    try (RawClient client = new RawClient(server)) {
      client.send(
          RawClient.lines(
              "POST /echo HTTP/1.1",
              "Host: localhost",
              "Content-Type: application/json",
              "Content-Length: 2",
              "Expect: 100-continue"));
      assertEquals(100, RawClient.status(client.until("\r\n\r\n")));
      assertEquals(200, RawClient.status(client.send("{}").until("{}")));
    }
  }

  @Test
  void refusedBodyIsNotAskedFor() throws IOException {
    String answer =
        RawClient.answer(
            server,
            "POST /echo HTTP/1.1",
            "Host: localhost",
            CLOSE,
            "Content-Type: text/plain",
            "Content-Length: 2",
            "Expect: 100-continue");
    assertEquals(415, RawClient.status(answer));
  }

  @Test
  void takenPortIsNamed() {
    ServerOptions options = ServerOptions.loopback(server.port());
    String message =
        assertThrows(IOException.class, () -> Served.open(options, Served.echo())).getMessage();
    assertTrue(message.contains("port " + server.port()), message);
  }

  @Test
  void otherMachinesNeedToken() throws IOException {
    ServerOptions options =
        ServerOptions.loopback(0).addresses(List.of(InetAddress.getByName("0.0.0.0")));
    assertThrows(IllegalArgumentException.class, () -> Served.open(options, Served.echo()));
  }

  @Test
  void pageExchangesItsTokenForCookie() throws IOException {
    RequestGuard guard =
        RequestGuard.of(GuardOptions.strict().token(AccessToken.of("anna", "0123456789")));
    Routes routes =
        Routes.none()
            .get(
                "/who",
                r -> HttpAnswer.text(r.principal().tenant() + " " + r.principal().isPage()));
    try (HttpServer strict = HttpServer.open(ServerOptions.loopback(0), guard, routes)) {
      String host = "Host: 127.0.0.1:" + strict.port();
      assertEquals(
          401, RawClient.status(RawClient.answer(strict, "GET /who HTTP/1.1", host, CLOSE)));
      assertEquals(401, RawClient.status(session(strict, host, "{\"token\":\"wrong\"}")));
      assertEquals(400, RawClient.status(session(strict, host, "[]")));
      String answer = session(strict, host, "{\"token\":\"0123456789\"}");
      assertEquals(204, RawClient.status(answer));
      String cookie =
          RawClient.head(answer)
              .lines()
              .filter(l -> l.startsWith("set-cookie: "))
              .findFirst()
              .orElseThrow();
      String sent = "Cookie: " + cookie.substring("set-cookie: ".length(), cookie.indexOf(';'));
      assertEquals(
          "anna true",
          RawClient.body(RawClient.answer(strict, "GET /who HTTP/1.1", host, sent, CLOSE)));
    }
  }

  @Test
  void allowedPageOfAnotherServerIsAnswered() throws IOException {
    String origin = "Origin: https://app.example.org";
    GuardOptions options =
        GuardOptions.strict()
            .token(AccessToken.of("anna", "0123456789"))
            .origins(List.of("https://app.example.org"));
    try (HttpServer shared =
        HttpServer.open(ServerOptions.loopback(0), RequestGuard.of(options), Served.echo())) {
      String preflight =
          RawClient.answer(
              shared,
              "OPTIONS /echo HTTP/1.1",
              "Host: localhost",
              CLOSE,
              origin,
              "Access-Control-Request-Method: POST");
      assertEquals(204, RawClient.status(preflight));
      String head = RawClient.head(preflight);
      assertTrue(head.contains("access-control-allow-origin: https://app.example.org"), head);
      assertTrue(head.contains("access-control-allow-headers: authorization, content-type"), head);
      // A page has to be able to read what was wrong with its token.
      String refused =
          RawClient.answer(shared, "GET /hello HTTP/1.1", "Host: localhost", CLOSE, origin);
      assertEquals(401, RawClient.status(refused));
      assertTrue(RawClient.head(refused).contains("access-control-allow-origin: "), refused);
      assertFalse(RawClient.head(refused).contains("credentials"), refused);
    }
  }

  private static String session(HttpServer strict, String host, String body) throws IOException {
    try (RawClient client = new RawClient(strict)) {
      return client
          .send(
              RawClient.lines(
                      "POST /session HTTP/1.1",
                      host,
                      CLOSE,
                      "Content-Type: application/json",
                      "Content-Length: " + body.length())
                  + body)
          .rest();
    }
  }

  @Test
  void requestsAreLoggedWithoutTheirQueries() throws Exception {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    RequestGuard guard =
        RequestGuard.of(GuardOptions.strict().token(AccessToken.of("anna", "0123456789")));
    AccessLog log = new AccessLog(lines::add);
    try (HttpServer logged =
        HttpServer.open(ServerOptions.loopback(0), guard, Served.echo(), log)) {
      RawClient.answer(
          logged,
          "GET /hello?prompt=secret HTTP/1.1",
          "Host: localhost",
          CLOSE,
          "Authorization: Bearer 0123456789");
      String line = lines.take();
      assertTrue(
          line.matches(
              "\\{\"time\":\"[^\"]+Z\",\"method\":\"GET\",\"path\":\"/hello\",\"status\":200,"
                  + "\"bytes\":5,\"ms\":\\d+,\"tenant\":\"anna\",\"id\":\"req-[0-9a-f]{24}\"}"),
          line);
      RawClient.answer(logged, "GET /hello HTTP/1.1");
      String bad = lines.take();
      assertTrue(bad.contains("\"path\":\"-\",\"status\":400"), bad);
    }
  }

  @Test
  void logLinesAreJson() {
    var entry = new AccessLog.Entry(Instant.EPOCH, "GET", "/a\"b\n", 200, 5, 3, "anna", "req-1");
    assertEquals(
        "{\"time\":\"1970-01-01T00:00:00Z\",\"method\":\"GET\",\"path\":\"/a\\\"b\\n\","
            + "\"status\":200,\"bytes\":5,\"ms\":3,\"tenant\":\"anna\",\"id\":\"req-1\"}",
        entry.line());
  }
}
