package dev.lora4j.server.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RequestGuardTest {
  private static final String TOKEN = "the-token-of-anna-0123456789";
  private static final String LOCAL = "Host: localhost:7860";
  private static final GuardOptions OPEN = GuardOptions.strict().requireToken(false);
  private static final GuardOptions STRICT =
      GuardOptions.strict()
          .token(AccessToken.of("anna", TOKEN))
          .token(AccessToken.of("ben", "the-token-of-ben-0123456789"))
          .openPaths(List.of("/", "/web/*"));

  /** Guard, method, path, headers with a slash between them, and the status or tenant. */
  private static final String TABLE =
      """
      # The host
      open   GET  /v1/models   Host: localhost:7860                      -> -
      open   GET  /v1/models   Host: LocalHost                           -> -
      open   GET  /v1/models   Host: localhost.                          -> -
      open   GET  /v1/models   Host: localhost.:7860                     -> -
      open   GET  /v1/models   Host: 127.0.0.1:80                        -> -
      open   GET  /v1/models   Host: [::1]:7860                          -> -
      open   GET  /v1/models   Host: [::1]                               -> -
      open   GET  /v1/models   none                                      -> 421
      open   GET  /v1/models   Host:                                     -> 421
      open   GET  /v1/models   Host: evil.test                           -> 421
      open   GET  /v1/models   Host: localhost.evil.test                 -> 421
      open   GET  /v1/models   Host: evil.test:localhost                 -> 421
      open   GET  /v1/models   Host: localhost@evil.test                 -> 421
      open   GET  /v1/models   Host: ::1                                 -> 421
      open   GET  /v1/models   Host: [::1                                -> 421
      open   GET  /v1/models   Host: [::ffff:127.0.0.1]                  -> 421
      open   GET  /v1/models   Host: 127.0.0.2                           -> 421
      open   GET  /v1/models   Host: 2130706433                          -> 421
      open   GET  /v1/models   Host: 127.1                               -> 421
      open   GET  /v1/models   Host: localhost:99999999                  -> 421
      open   GET  /v1/models   Host: localhost..                         -> 421
      open   GET  /v1/models   Host: localhost // Host: localhost        -> 421
      open   GET  /health      Host: evil.test                           -> 421
      hosts  GET  /v1/models   Host: Studio.Example.org:443              -> -
      hosts  GET  /v1/models   Host: studio.example.org.                 -> -
      hosts  GET  /v1/models   Host: example.org                         -> 421
      hosts  GET  /v1/models   Host: [fe80::2]:7860                      -> -
      # What pages of other servers send
      open   POST /v1/x  LOCAL // JSON                                           -> -
      open   POST /v1/x  LOCAL // Content-Type: Application/JSON; charset=UTF-8  -> -
      open   POST /v1/x  LOCAL // Content-Type: application/json; charset=latin1 -> 415
      open   POST /v1/x  LOCAL // Content-Type: text/plain                       -> 415
      open   POST /v1/x  LOCAL // Content-Type: application/x-www-form-urlencoded -> 415
      open   POST /v1/x  LOCAL // Content-Type: application/jsonp                -> 415
      open   POST /v1/x  LOCAL // Content-Type: text/plain // JSON               -> 415
      open   POST /v1/x  LOCAL // Content-Length: 3                              -> 415
      open   POST /v1/x  LOCAL // Transfer-Encoding: chunked                     -> 415
      open   POST /v1/x  LOCAL                                                   -> -
      open   POST /v1/x  LOCAL // Content-Length: 0                              -> -
      open   POST /v1/x  LOCAL // Content-Type: multipart/form-data; boundary=a  -> 415
      open   POST /v1/x  LOCAL // Content-Type: multipart/form-data; boundary=a // X-Lora4j: 1 -> -
      open   POST /v1/x  LOCAL // Content-Type: multipart/form-data // X-Lora4j: 2 -> 415
      open   POST /v1/x  LOCAL // JSON // Origin: http://localhost:7860          -> -
      open   POST /v1/x  LOCAL // JSON // Origin: http://LOCALHOST:7860          -> -
      open   POST /v1/x  LOCAL // JSON // Origin: http://localhost:7861          -> 403
      open   POST /v1/x  LOCAL // JSON // Origin: http://localhost               -> 403
      open   POST /v1/x  LOCAL // JSON // Origin: https://localhost:7860         -> 403
      open   POST /v1/x  LOCAL // JSON // Origin: http://127.0.0.1:7860          -> 403
      open   POST /v1/x  LOCAL // JSON // Origin: null                           -> 403
      open   POST /v1/x  LOCAL // JSON // Origin:                                -> 403
      open   POST /v1/x  LOCAL // JSON // Origin: http://evil.test               -> 403
      open   POST /v1/x  LOCAL // JSON // Origin: http://localhost:7860.evil.test -> 403
      open   POST /v1/x  LOCAL // JSON // Origin: http://localhost:7860 // Origin: http://evil.test -> 403
      open   POST /v1/x  Host: localhost // JSON // Origin: http://localhost:80  -> -
      hosts  POST /v1/x  Host: studio.example.org // JSON // Origin: https://studio.example.org -> -
      open   POST /v1/x  LOCAL // JSON // Sec-Fetch-Site: same-origin            -> -
      open   POST /v1/x  LOCAL // JSON // Sec-Fetch-Site: none                   -> -
      open   POST /v1/x  LOCAL // JSON // Sec-Fetch-Site: same-site              -> 403
      open   POST /v1/x  LOCAL // JSON // Sec-Fetch-Site: cross-site             -> 403
      open   POST /v1/x  LOCAL // Sec-Fetch-Site: cross-site                     -> 403
      open   POST /v1/x  LOCAL // Origin: http://evil.test                       -> 403
      open   PUT  /v1/x  LOCAL // JSON // Sec-Fetch-Site: cross-site             -> 403
      open   DELETE /v1/x  LOCAL // Sec-Fetch-Site: cross-site                   -> 403
      open   DELETE /v1/x  LOCAL                                                 -> -
      open   GET  /v1/x  LOCAL // Sec-Fetch-Site: cross-site                     -> -
      open   OPTIONS /v1/x  LOCAL // Origin: http://evil.test                    -> -
      guest  POST /v1/x  LOCAL // JSON // Origin: https://app.example.org // Sec-Fetch-Site: cross-site -> -
      guest  POST /v1/x  LOCAL // Content-Type: text/plain // Origin: https://app.example.org -> 415
      guest  POST /v1/x  LOCAL // JSON // Origin: https://other.example.org      -> 403
      # Who it is
      token  GET  /v1/x  LOCAL                                                   -> 401
      token  GET  /v1/x  LOCAL // Authorization: Bearer TOKEN                    -> anna
      token  GET  /v1/x  LOCAL // Authorization: bearer TOKEN                    -> anna
      token  GET  /v1/x  LOCAL // Authorization: Bearer the-token-of-ben-0123456789 -> ben
      token  GET  /v1/x  LOCAL // Authorization: Basic BASIC                     -> anna
      token  GET  /v1/x  LOCAL // Authorization: Basic !!!                       -> 401
      token  GET  /v1/x  LOCAL // Authorization: Bearer TOKENx                   -> 401
      token  GET  /v1/x  LOCAL // Authorization: Bearer                          -> 401
      token  GET  /v1/x  LOCAL // Authorization: TOKEN                           -> 401
      token  GET  /v1/x  LOCAL // Authorization: Digest TOKEN                    -> 401
      token  GET  /v1/x  LOCAL // Authorization: Bearer TOKEN // Authorization: Bearer x -> 401
      token  POST /v1/x  LOCAL // JSON // Authorization: Bearer TOKEN            -> anna
      token  POST /v1/x  LOCAL // JSON                                           -> 401
      token  POST /v1/x  LOCAL // Authorization: Bearer TOKEN // Content-Type: text/plain -> 415
      token  GET  /v1/x  LOCAL // Cookie: lora4j-7860=TOKEN                      -> 401
      token  GET  /health  LOCAL                                                 -> -
      token  HEAD /ready   LOCAL                                                 -> -
      token  POST /health  LOCAL                                                 -> 401
      token  GET  /        LOCAL                                                 -> -
      token  GET  /web/app.js  LOCAL                                             -> -
      token  GET  /webs        LOCAL                                             -> 401
      token  POST /web/app.js  LOCAL                                             -> 401
      token  POST /session  LOCAL // JSON                                        -> -
      token  POST /session  LOCAL // JSON // Origin: http://evil.test            -> 403
      token  GET  /session  LOCAL                                                -> 401
      open   GET  /v1/x  LOCAL // Authorization: Bearer any                      -> -
      out    GET  /v1/x  LOCAL                                                   -> 401
      out    GET  /health  LOCAL                                                 -> -
      """;

  private record Row(String guard, RequestFacts facts, String expected, String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  static Stream<Row> rows() {
    return TABLE.lines().filter(line -> !line.startsWith("#")).map(RequestGuardTest::row);
  }

  private static Row row(String line) {
    String[] sides = line.split("->", -1);
    String[] words = sides[0].strip().split(" +", 4);
    RequestFacts facts = RequestFacts.of(words[1], words[2]);
    if (words[0].equals("out")) {
      facts = facts.fromOutside();
    }
    for (String header : words[3].split(" // ", -1)) {
      String whole =
          switch (header.strip()) {
            case "LOCAL" -> LOCAL;
            case "JSON" -> "Content-Type: application/json";
            default -> header.replace("TOKEN", TOKEN).replace("BASIC", base64("user:" + TOKEN));
          };
      int colon = whole.indexOf(':');
      if (colon > 0) {
        facts = facts.with(whole.substring(0, colon), whole.substring(colon + 1).strip());
      }
    }
    return new Row(words[0], facts, sides[1].strip(), line.strip());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static RequestGuard guard(String name) {
    return RequestGuard.of(
        switch (name) {
          case "open", "out" -> OPEN;
          case "hosts" -> OPEN.hosts(List.of("studio.example.org", "fe80::2"));
          case "guest" -> OPEN.origins(List.of("https://app.example.org"));
          case "token" -> STRICT;
          default -> throw new IllegalArgumentException(name);
        });
  }

  @ParameterizedTest
  @MethodSource("rows")
  void requestIsDecidedAsTheTableSays(Row row) {
    Decision decision = guard(row.guard()).decide(row.facts());
    String found =
        decision instanceof Decision.Admitted admitted
            ? admitted.principal().tenant()
            : Integer.toString(((Decision.Refused) decision).status());
    assertEquals(row.expected(), found);
  }

  @Test
  void tableHasSixtyRows() {
    assertTrue(rows().count() >= 60);
  }

  @Test
  void pageIsKnownByItsCookie() {
    RequestGuard guard = RequestGuard.of(STRICT);
    String cookie = guard.openSession(TOKEN, "localhost:7860").orElseThrow();
    assertTrue(cookie.endsWith("; Path=/; HttpOnly; SameSite=Strict"), cookie);
    assertFalse(cookie.contains(TOKEN));
    RequestFacts facts =
        RequestFacts.of("GET", "/v1/x")
            .with("Host", "localhost:7860")
            .with("Cookie", "a=b; " + cookie.substring(0, cookie.indexOf(';')));
    Principal page = ((Decision.Admitted) guard.decide(facts)).principal();
    assertEquals("anna", page.tenant());
    assertTrue(page.isPage());
    // Browsers send the cookie to every port of this machine, also for pages of other ports.
    assertTrue(guard.decide(facts.with("Sec-Fetch-Site", "same-site")) instanceof Decision.Refused);
    assertTrue(
        guard.decide(facts.with("Sec-Fetch-Site", "same-origin")) instanceof Decision.Admitted);
    assertTrue(RequestGuard.of(STRICT).decide(facts) instanceof Decision.Refused);
  }

  @Test
  void sessionNeedsTheToken() {
    assertTrue(RequestGuard.of(STRICT).openSession("wrong", "localhost").isEmpty());
    assertTrue(RequestGuard.of(STRICT).openSession("", "localhost").isEmpty());
    assertTrue(RequestGuard.of(OPEN).openSession("", "localhost").isPresent());
  }

  @Test
  void oldestSessionEndsWhenThereAreMany() {
    RequestGuard guard = RequestGuard.of(STRICT);
    String first = guard.openSession(TOKEN, "localhost").orElseThrow();
    for (int i = 0; i < 256; i++) {
      assertTrue(guard.openSession(TOKEN, "localhost").isPresent());
    }
    RequestFacts facts =
        RequestFacts.of("GET", "/v1/x")
            .with("Host", "localhost")
            .with("Cookie", first.substring(0, first.indexOf(';')));
    assertTrue(guard.decide(facts) instanceof Decision.Refused);
  }

  @Test
  void otherMachinesAreKeptOutWithoutToken() throws Exception {
    List<InetAddress> all = List.of(InetAddress.getByName("0.0.0.0"));
    RequestGuard open = RequestGuard.of(OPEN);
    String message =
        assertThrows(IllegalArgumentException.class, () -> open.requireTokenBeyondLoopback(all))
            .getMessage();
    assertTrue(message.contains("0.0.0.0"), message);
    open.requireTokenBeyondLoopback(List.of(InetAddress.getLoopbackAddress()));
    RequestGuard.of(STRICT).requireTokenBeyondLoopback(all);
  }

  @Test
  void wrongOptionsAreRefused() {
    for (GuardOptions wrong :
        List.of(
            GuardOptions.strict(),
            OPEN.origins(List.of("*")),
            OPEN.origins(List.of("null")),
            OPEN.hosts(List.of("no host")),
            OPEN.hosts(List.of("http://example.org")))) {
      assertThrows(IllegalArgumentException.class, () -> RequestGuard.of(wrong));
    }
  }

  @Test
  void onlyAllowedOriginsGetHeaders() {
    RequestFacts facts = RequestFacts.of("GET", "/v1/x").with("Origin", "https://app.example.org");
    assertEquals(Map.of(), guard("open").crossOriginHeaders(facts));
    Map<String, String> headers = guard("guest").crossOriginHeaders(facts);
    assertEquals("https://app.example.org", headers.get("access-control-allow-origin"));
    assertFalse(headers.containsKey("access-control-allow-credentials"));
    assertEquals(
        Map.of("vary", "Origin"),
        guard("guest").crossOriginHeaders(RequestFacts.of("GET", "/").with("Origin", "null")));
  }

  @Test
  void messagesDoNotRepeatControlCharacters() {
    Decision decision =
        guard("open").decide(RequestFacts.of("GET", "/").with("Host", "e\u001b[31m\nx"));
    assertFalse(((Decision.Refused) decision).message().chars().anyMatch(Character::isISOControl));
  }
}
