package dev.lora4j.hub.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.hub.HubServer;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WebClientTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
  private static final String SECRET = "hf_verysecret";

  private final List<Duration> waits = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private HubServer server;

  @BeforeEach
  void start() throws Exception {
    server = new HubServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private WebOptions options() {
    return WebOptions.DEFAULT.withHost("127.0.0.1").withPause(waits::add);
  }

  private WebClient client() {
    return new WebClient(options(), "test", notes::add);
  }

  private Site hub() {
    return Site.huggingFace(URI.create(server.hub())).withToken(AccessToken.of(SECRET, "test"));
  }

  private byte[] get(String path) throws InterruptedException {
    return client().bytes(WebRequest.of(server.uri(path), hub()), 1000);
  }

  private String refusal(String path) {
    HubException e = assertThrows(HubException.class, () -> get(path));
    assertFalse(e.getMessage().contains(SECRET), e.getMessage());
    return String.valueOf(e.getMessage());
  }

  @Test
  void tokenGoesToItsOwnHostAlone() throws Exception {
    server.redirect("/a", 302, "/b").redirect("/b", 307, server.other() + "/c?sig=1");
    server.redirect("/c?sig=1", 302, server.hub() + "/d").at("/d", HubServer.whole(CONTENT));
    assertArrayEquals(CONTENT, get("/a"));
    assertEquals(
        List.of("Bearer " + SECRET, "Bearer " + SECRET, "", "Bearer " + SECRET),
        server.seen().stream().map(s -> s.header("Authorization")).toList());
    assertTrue(server.seen("/c?sig=1").get(0).host().startsWith("localhost:"));
    assertEquals("test", server.seen("/a").get(0).header("User-Agent"));
  }

  @Test
  void anotherPortIsAnotherHost() throws Exception {
    try (HubServer elsewhere = new HubServer()) {
      elsewhere.at("/x", HubServer.whole(CONTENT));
      server.redirect("/a", 302, elsewhere.hub() + "/x");
      assertArrayEquals(CONTENT, get("/a"));
      assertEquals("", elsewhere.seen().get(0).header("Authorization"));
    }
  }

  @Test
  void tokenShowsNothing() {
    assertFalse(hub().toString().contains(SECRET), hub().toString());
    HubException e =
        assertThrows(HubException.class, () -> AccessToken.of("two words secret", "The file x"));
    assertFalse(e.getMessage().contains("secret"), e.getMessage());
  }

  @Test
  void fiveRedirectsAreFollowedAndNoMore() throws Exception {
    for (int i = 0; i < 9; i++) {
      server.redirect("/" + i, 302, "/" + (i + 1));
    }
    server.at("/5", HubServer.whole(CONTENT));
    assertArrayEquals(CONTENT, get("/0"));
    server.redirect("/5", 302, "/6");
    assertTrue(refusal("/0").contains("more than 5 times"));
    assertTrue(server.seen("/6").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://example.org/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://ann:pw@example.org/x",
        "//[fd00::1]/x",
        "https://",
        "http://[bad",
        "mailto:ann",
      })
  void unsafeRedirectsAreRefused(String location) {
    server.redirect("/a", 302, location);
    String message = refusal("/a");
    assertTrue(
        message.contains("sends on to")
            || message.contains("has the address 10")
            || message.contains("has the address 169")
            || message.contains("only https://"),
        message);
    assertFalse(message.contains("pw"), message);
    assertEquals(1, server.seen().size());
  }

  @Test
  void laterAttemptsWaitAsTheServerAsks() throws Exception {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(60));
    server.at("/a", HubServer.whole(CONTENT));
    server.once("/a", HubServer.status(429, "Retry-After", "7"));
    server.once("/a", HubServer.status(503, "Retry-After", date));
    server.once("/a", HubServer.status(500));
    server.once("/a", HubServer.status(502, "Retry-After", "soon"));
    assertArrayEquals(CONTENT, get("/a"));
    assertEquals(Duration.ofSeconds(7), waits.get(0));
    assertTrue(waits.get(1).toSeconds() > 50 && waits.get(1).toSeconds() <= 60, waits.toString());
    assertEquals(List.of(Duration.ofSeconds(4), Duration.ofSeconds(8)), waits.subList(2, 4));
    assertTrue(notes.get(0).contains("status 429; attempt 2 of 5 in 7 s"), notes.toString());
  }

  @Test
  void attemptsAndWaitsAreBounded() {
    server.at("/a", HubServer.status(429, "Retry-After", "1"));
    assertTrue(refusal("/a").contains("too many requests"));
    assertEquals(5, server.seen("/a").size());
    server.at("/b", HubServer.status(429, "Retry-After", "3600"));
    assertTrue(refusal("/b").contains("asks to wait for 3600 s"));
    assertEquals(1, server.seen("/b").size());
    server.at("/c", HubServer.status(500));
    assertTrue(refusal("/c").contains("The server is in trouble"));
    assertEquals(5, server.seen("/c").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | '' | does not know your token",
        "403 | '' | may not read this",
        "403 | GatedRepo | gated: open its page on Hugging Face, log in and accept its terms. Your token must",
        "404 | '' | nothing of this name on Hugging Face",
        "404 | EntryNotFound | no such file",
        "404 | RevisionNotFound | no such branch",
        "451 | '' | legal reasons",
        "418 | '' | no answer that a file can be taken from",
      })
  void refusalsSayWhatToDo(int status, String code, String text) {
    server.at("/a?sig=secret", HubServer.status(status, "X-Error-Code", code));
    String message = refusal("/a?sig=secret");
    assertTrue(message.contains(text), message);
    assertTrue(message.startsWith(server.hub() + "/a answers with status " + status), message);
    assertFalse(message.contains("secret"), message);
    assertEquals(1, server.seen().size());
  }

  @Test
  void withoutATokenOneIsAskedFor() {
    server.at("/a", HubServer.status(401, "X-Error-Code", "GatedRepo"));
    server.at("/b", HubServer.status(401));
    for (Site site :
        List.of(
            Site.huggingFace(URI.create(server.hub())), Site.civitai(URI.create(server.hub())))) {
      for (String path : List.of("/a", "/b")) {
        WebRequest request = WebRequest.of(server.uri(path), site);
        HubException e = assertThrows(HubException.class, () -> client().get(request));
        assertTrue(e.getMessage().contains(site.page()), e.getMessage());
        assertTrue(e.getMessage().contains(site.variable()), e.getMessage());
        assertTrue(e.getMessage().contains("--token-file"), e.getMessage());
        assertEquals(path.equals("/a"), e.getMessage().contains("accept its terms"));
      }
    }
  }

  @Test
  void pagesArePointedOut() {
    server.redirect("/a", 307, "/login?returnUrl=x");
    server.at(
        "/login?returnUrl=x",
        e -> HubServer.send(e, 200, "text/html; charset=utf-8", "<!DOCTYPE html><p>Log in</p>"));
    assertTrue(refusal("/a").contains("leads to a web page"));
    assertTrue(refusal("/a").contains("wants you to log in"));
  }

  @Test
  void packedAndEndlessBodiesAreRefused() {
    server.at("/a", HubServer.whole(CONTENT, "Content-Encoding", "gzip"));
    assertTrue(refusal("/a").contains("packed as gzip"));
    server.at(
        "/b",
        e -> {
          e.sendResponseHeaders(200, 0); // in chunks, of no length that is known
          for (int i = 0; i < 1000; i++) {
            e.getResponseBody().write(CONTENT);
          }
        });
    assertTrue(refusal("/b").contains("more than 1000 bytes"));
  }

  @Test
  void cutBodiesAreAskedForAgain() throws Exception {
    server.at("/a", HubServer.whole(CONTENT));
    server.once("/a", HubServer.cut(CONTENT, "", 3)).once("/a", HubServer.cut(CONTENT, "", 0));
    assertArrayEquals(CONTENT, get("/a"));
    assertEquals(3, server.seen().size());
    server.at("/b", HubServer.cut(CONTENT, "", 3));
    assertTrue(refusal("/b").contains("cannot be reached"));
  }

  @Test
  void silenceIsNotWaitedForForEver() throws Exception {
    server.at(
        "/a",
        e -> {
          e.sendResponseHeaders(200, 100);
          e.getResponseBody().write(1);
          e.getResponseBody().flush();
          sleep(5000);
        });
    WebClient client =
        new WebClient(options().withPatience(Duration.ofMillis(300)), "test", notes::add);
    try (WebResponse response = client.get(WebRequest.of(server.uri("/a"), hub()))) {
      assertThrows(java.net.http.HttpTimeoutException.class, () -> response.bytes(1000));
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Java's own stream of a body would wait on. */
  @Test
  void interruptEndsTheWaitForBytes() throws Exception {
    server.at(
        "/a",
        e -> {
          e.sendResponseHeaders(200, 100);
          e.getResponseBody().write(1);
          e.getResponseBody().flush();
          sleep(20_000);
        });
    Thread worker = Thread.currentThread();
    Thread other =
        new Thread(
            () -> {
              sleep(300);
              worker.interrupt();
            });
    other.start();
    long began = System.nanoTime();
    try (WebResponse response = client().get(WebRequest.of(server.uri("/a"), hub()))) {
      assertThrows(InterruptedException.class, () -> response.bytes(1000));
    }
    assertTrue(System.nanoTime() - began < 10_000_000_000L);
    other.join();
  }

  @Test
  void unreachableServersAreNamed() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    WebRequest request =
        WebRequest.of(URI.create("http://127.0.0.1:" + port + "/a?sig=secret"), hub());
    HubException e = assertThrows(HubException.class, () -> client().get(request));
    assertTrue(
        e.getMessage().startsWith("127.0.0.1 cannot be reached: no connection"), e.getMessage());
    assertFalse(e.getMessage().contains("secret"), e.getMessage());
    assertEquals(4, waits.size());
  }

  @Test
  void unknownNamesAreSaidToBeThat() {
    WebRequest request =
        WebRequest.of(
            URI.create("https://no-such-host.invalid/a"),
            Site.other(URI.create("https://no-such-host.invalid/a")));
    HubException e = assertThrows(HubException.class, () -> client().get(request));
    assertTrue(e.getMessage().contains("the name has no address"), e.getMessage());
    assertEquals(List.of(), waits);
  }

  @Test
  void headersOnTheWayAreSeen() throws Exception {
    server.at("/a", HubServer.redirect(302, "/b", "X-Linked-Etag", "\"first\""));
    server.at("/b", HubServer.whole(CONTENT, "X-Linked-Etag", "\"second\"", "ETag", "\"x\""));
    try (WebResponse response = client().get(WebRequest.of(server.uri("/a"), hub()))) {
      assertEquals("\"first\"", response.headerOnTheWay("x-linked-etag").orElseThrow());
      assertEquals("\"x\"", response.header("etag").orElseThrow());
      assertEquals(server.uri("/b"), response.address());
      assertEquals(CONTENT.length, response.length().orElseThrow());
    }
  }

  @Test
  void tokensAreFoundWhereUsersKeepThem(@org.junit.jupiter.api.io.TempDir java.nio.file.Path home)
      throws Exception {
    java.nio.file.Path file = home.resolve(".cache/huggingface/token");
    java.nio.file.Files.createDirectories(file.getParent());
    assertTrue(new TokenPlaces(java.util.Map.of(), home).huggingFace().isEmpty());
    java.nio.file.Files.writeString(file, "of-the-file\n");
    java.nio.file.Path other = home.resolve("own");
    java.nio.file.Files.writeString(other, "of-another-file");
    record Row(java.util.Map<String, String> environment, String token) {}
    Stream.of(
            new Row(java.util.Map.of(), "of-the-file"),
            new Row(java.util.Map.of("HF_TOKEN", " "), "of-the-file"),
            new Row(java.util.Map.of("HF_TOKEN_PATH", other.toString()), "of-another-file"),
            new Row(java.util.Map.of("HUGGING_FACE_HUB_TOKEN", "b"), "b"),
            new Row(java.util.Map.of("HF_TOKEN", "a", "HUGGING_FACE_HUB_TOKEN", "b"), "a"))
        .forEach(
            row ->
                assertEquals(
                    "Bearer " + row.token(),
                    new TokenPlaces(row.environment(), home).huggingFace().orElseThrow().header()));
    assertTrue(new TokenPlaces(java.util.Map.of("HF_TOKEN", "a"), home).civitai().isEmpty());
    assertEquals(
        "Bearer c",
        new TokenPlaces(java.util.Map.of("CIVITAI_API_TOKEN", "c"), home)
            .civitai()
            .orElseThrow()
            .header());
    assertThrows(HubException.class, () -> TokenPlaces.file(home.resolve("nowhere")));
  }
}
