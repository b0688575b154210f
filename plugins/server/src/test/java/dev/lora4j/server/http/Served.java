package dev.lora4j.server.http;

import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import java.io.IOException;

/** Servers of the tests, on a free port. */
final class Served {
  private Served() {}

  /** Needs no token. */
  static HttpServer open(Routes routes) throws IOException {
    return open(ServerOptions.loopback(0), routes);
  }

  static HttpServer open(ServerOptions options, Routes routes) throws IOException {
    return HttpServer.open(
        options, RequestGuard.of(GuardOptions.strict().requireToken(false)), routes);
  }

  /** Says hello, and gives bodies back. */
  static Routes echo() {
    return Routes.none()
        .get("/hello", request -> HttpAnswer.text("hello"))
        .get("/id/{id}", request -> HttpAnswer.text(request.part("id")))
        .get("/health", request -> HttpAnswer.text("ok"))
        .post("/echo", request -> HttpAnswer.json(request.text()))
        .get(
            "/broken",
            request -> {
              throw new IllegalStateException("the secret reason");
            })
        .get(
            "/later",
            request -> {
              throw new HttpProblem(429, "Later.").with("retry-after", "7");
            });
  }
}
