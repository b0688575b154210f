package dev.lora4j.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Another server's page in a browser whose user has the studio open. */
@TestInstance(Lifecycle.PER_CLASS)
class ForeignPageTest {
  private static final String REFUSED = "refused";

  private StudioProcess studio;
  private HttpServer foreign;
  private Chromium chromium;
  private Page user;
  private Page attacker;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    studio = StudioProcess.start(folder);
    foreign = foreignServer();
    chromium =
        Chromium.start("--host-resolver-rules=MAP evil.test 127.0.0.1,MAP rebound.test 127.0.0.1");
    user = chromium.page();
    user.navigate(studio.address());
    user.waitForSelector("h1");
    // The same browser, with the studio's cookie in it.
    attacker = user.context().newPage();
    attacker.navigate("http://127.0.0.1:" + foreign.getAddress().getPort() + "/");
  }

  private static HttpServer foreignServer() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "<!doctype html><title>foreign</title>".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("content-type", "text/html");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @AfterAll
  void close() throws Exception {
    if (chromium != null) {
      chromium.close();
    }
    if (foreign != null) {
      foreign.stop(0);
    }
    if (studio != null) {
      studio.close();
    }
  }

  private String tried(Page page, String script) {
    String url = studio.origin();
    return String.valueOf(
        page.evaluate(
            "async (url) => { try { return String(await (async () => {"
                + script
                + "})()); } catch (e) { return '"
                + REFUSED
                + "'; } }",
            url));
  }

  @Test
  void ownPageIsAdmittedByItsCookie() {
    assertEquals("200", tried(user, "return (await fetch('/studio/jobs')).status"));
    assertEquals(
        "",
        user.evaluate("document.cookie"),
        "a script must not be able to read the session's cookie");
  }

  @Test
  void fetchOfAnswerIsRefused() {
    assertEquals(
        REFUSED,
        tried(
            attacker,
            "return (await (await fetch(url + '/studio/jobs', {credentials:"
                + " 'include'})).text())"));
  }

  @Test
  void blindFetchChangesNothing() {
    for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded"}) {
      tried(
          attacker,
          "return (await fetch(url + '/studio/library/groups', {method: 'POST', mode: 'no-cors',"
              + " credentials: 'include', headers: {'content-type': '"
              + type
              + "'}, body: '{\"group\": \"stolen\", \"adapters\": [\"glossy\"]}'})).type");
    }
    assertNothingWasStolen();
  }

  @Test
  void jsonFetchIsStoppedByItsPreflight() {
    assertEquals(
        REFUSED,
        tried(
            attacker,
            "return (await fetch(url + '/studio/library/groups', {method: 'POST', credentials:"
                + " 'include', headers: {'content-type': 'application/json'}, body:"
                + " '{\"group\": \"stolen\", \"adapters\": [\"glossy\"]}'})).status"));
    assertNothingWasStolen();
  }

  @Test
  void formIsRefused() {
    Page page = attacker.context().newPage();
    page.navigate(attacker.url());
    Response answer =
        page.waitForResponse(
            sent -> sent.url().endsWith("/studio/library/groups"),
            () ->
                page.evaluate(
                    "(url) => { const form = document.createElement('form'); form.method = 'POST';"
                        + " form.enctype = 'text/plain'; form.action = url +"
                        + " '/studio/library/groups'; const field ="
                        + " document.createElement('input'); field.name = '{\"group\":"
                        + " \"stolen\", \"adapters\": [\"glossy\"], \"x\": \"'; field.value ="
                        + " '\"}'; form.append(field); document.body.append(form); form.submit();"
                        + " }",
                    studio.origin()));
    assertTrue(answer.status() == 403 || answer.status() == 401, "status " + answer.status());
    assertNothingWasStolen();
    page.close();
  }

  @Test
  void picturesOfTheUserCannotBeEmbedded() {
    assertEquals(
        REFUSED,
        tried(
            attacker,
            "return await new Promise((done, failed) => { const img = new Image(); img.onload ="
                + " () => done('seen'); img.onerror = failed; img.src = url +"
                + " '/studio/library/preview?name=glossy'; })"));
  }

  @Test
  void eventsAreRefused() {
    assertEquals(
        REFUSED,
        tried(
            attacker,
            "return await new Promise((done, failed) => { const source = new EventSource(url +"
                + " '/studio/events', {withCredentials: true}); source.onopen = () => done('open');"
                + " source.onerror = failed; })"));
  }

  @Test
  void pageCannotBeFramed() {
    attacker.evaluate(
        "(url) => new Promise(done => { const frame = document.createElement('iframe');"
            + " frame.onload = done; frame.src = url + '/'; document.body.append(frame); })",
        studio.origin());
    assertEquals(
        "",
        attacker.frames().stream()
            .filter(frame -> frame.url().startsWith(studio.origin()))
            .map(frame -> frame.title())
            .reduce("", String::concat));
  }

  @Test
  void reboundNameIsRefusedEverywhere() {
    Page rebound = user.context().newPage();
    for (String path : new String[] {"/", "/studio/jobs", "/web/app.js", "/v1/models"}) {
      Response answer = rebound.navigate("http://rebound.test:" + studio.port() + path);
      assertEquals(421, answer.status(), path);
    }
    Map<String, Object> answer = post(rebound, "http://rebound.test:" + studio.port());
    assertEquals(421, ((Number) answer.get("status")).intValue());
    rebound.close();
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> post(Page page, String origin) {
    return (Map<String, Object>)
        page.evaluate(
            "async (origin) => { const answer = await fetch(origin + '/session', {method: 'POST',"
                + " headers: {'content-type': 'application/json'}, body: '{\"token\": \"x\"}'});"
                + " return {status: answer.status}; }",
            origin);
  }

  private void assertNothingWasStolen() {
    assertTrue(
        tried(user, "return (await (await fetch('/studio/library')).text())").contains("groups"));
    assertTrue(
        !tried(user, "return (await (await fetch('/studio/library')).text())").contains("stolen"));
  }
}
