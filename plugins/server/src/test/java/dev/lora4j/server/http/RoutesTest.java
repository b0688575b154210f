package dev.lora4j.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private static final HttpHandler NOTHING = request -> HttpAnswer.empty(204);

  private static Map<String, String> parts(String pattern, String path) {
    return Routes.none().get(pattern, NOTHING).table().find("GET", path).orElseThrow().parts();
  }

  @Test
  void namesStandForSegments() {
    assertEquals(Map.of("id", "a b"), parts("/v1/models/{id}", "/v1/models/a b"));
    assertEquals(Map.of("a", "x", "b", "y"), parts("/{a}/to/{b}", "/x/to/y"));
    assertEquals(Map.of("rest", "org/name/file"), parts("/m/{rest...}", "/m/org/name/file"));
    RouteTable table = Routes.none().get("/v1/models/{id}", NOTHING).table();
    for (String path : List.of("/v1/models/", "/v1/models", "/v1/models/a/b", "/v1/models/a/")) {
      assertTrue(table.find("GET", path).isEmpty(), path);
    }
  }

  @Test
  void exactPathComesBeforeNames() {
    RouteTable table =
        Routes.none()
            .get("/r/{rest...}", r -> HttpAnswer.text("rest"))
            .get("/r/{id}", r -> HttpAnswer.text("id"))
            .get("/r/own", NOTHING)
            .table();
    assertEquals(Map.of(), table.find("GET", "/r/own").orElseThrow().parts());
    assertEquals(Map.of("id", "x"), table.find("GET", "/r/x").orElseThrow().parts());
    assertEquals(Map.of("rest", "x/y"), table.find("GET", "/r/x/y").orElseThrow().parts());
  }

  @Test
  void wrongRoutesAreRefused() {
    for (String wrong : List.of("v1", "", "/{}", "/a{b}", "/{a...}/b", "/{a b}")) {
      Routes routes = Routes.none().get(wrong, NOTHING);
      assertThrows(IllegalArgumentException.class, routes::table, wrong);
    }
    Routes twice = Routes.none().get("/a/{x}", NOTHING).get("/a/{y}", NOTHING);
    assertThrows(IllegalArgumentException.class, twice::table);
  }

  @Test
  void methodsOfPathAreAllowed() {
    RouteTable table = Routes.none().get("/a", NOTHING).post("/a", NOTHING).table();
    assertEquals("GET, HEAD, OPTIONS, POST", table.allowed("/a"));
    assertEquals("", table.allowed("/b"));
  }

  @Test
  void longestPrefixGivesTheForm() {
    ProblemForms forms =
        Routes.none()
            .problems("/v1", (problem, id) -> HttpAnswer.text("v1"))
            .problems("/v1/deep", (problem, id) -> HttpAnswer.text(problem.message() + id))
            .forms();
    HttpProblem problem = new HttpProblem(429, "wait ").with("Retry-After", "3");
    HttpAnswer deep = forms.answer("/v1/deep/x", problem, "me");
    assertEquals("wait me", deep.bodyText());
    assertEquals(429, deep.status());
    assertEquals("3", deep.headers().get("retry-after"));
    assertEquals("v1", forms.answer("/v1/x", problem, "me").bodyText());
    assertEquals(
        "{\"error\":{\"message\":\"wait \",\"status\":429,\"request_id\":\"me\"}}",
        forms.answer("/x", problem, "me").bodyText());
  }

  @Test
  void queriesAreDecodedStrictly() {
    assertEquals(
        Map.of("a", List.of("1", "ä &"), "b", List.of(""), "c", List.of("")),
        QueryText.parameters("a=1&a=%C3%A4+%26&b=&c&"));
    for (String wrong : List.of("a=%", "a=%2", "a=%zz", "a=%C3", "%00=1", "a=%-1")) {
      assertThrows(HttpProblem.class, () -> QueryText.parameters(wrong), wrong);
    }
  }

  @Test
  void eventsKeepTheirLines() {
    assertEquals("data: a\ndata: b\ndata: \n\n", text(EventText.event("", "", "a\r\nb\n")));
    assertEquals("event: n\nid: 7\ndata: {}\n\n", text(EventText.event("n", "7", "{}")));
    assertThrows(IllegalArgumentException.class, () -> EventText.event("a\nb", "", ""));
    assertThrows(IllegalArgumentException.class, () -> EventText.event("", "1\u0000", ""));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
  }
}
