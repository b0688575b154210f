package dev.lora4j.server.http;

import dev.lora4j.server.guard.Decision;
import dev.lora4j.server.guard.Principal;
import dev.lora4j.server.guard.RequestFacts;
import dev.lora4j.server.guard.RequestGuard;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The way of each request: guard, route, body, handler. */
final class Dispatcher {
  private final RequestGuard guard;
  private final RouteTable table;
  private final ProblemForms forms;
  private final Workers workers;
  private final EventStreams streams;
  private final Traffic traffic;
  private final BodyBudget budget;

  Dispatcher(
      RequestGuard guard,
      Routes routes,
      Workers workers,
      EventStreams streams,
      Traffic traffic,
      BodyBudget budget) {
    this.guard = guard;
    this.table = routes.table();
    this.forms = routes.forms();
    this.workers = workers;
    this.streams = streams;
    this.traffic = traffic;
    this.budget = budget;
  }

  ProblemForms forms() {
    return forms;
  }

  /** Answers a request, at once or later. Does not block. */
  void accept(Exchange exchange) {
    traffic.began();
    exchange.onComplete(traffic::ended);
    String id = RequestId.next();
    RequestFacts facts = facts(exchange);
    exchange.named(id, Principal.NOBODY);
    Reply reply = new Reply(exchange, id, forms, guard.crossOriginHeaders(facts));
    try {
      route(exchange, facts, id, reply);
    } catch (Throwable e) {
      reply.failure(e);
    }
  }

  private static RequestFacts facts(Exchange exchange) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String name : RequestFacts.NAMES) {
      List<String> values = exchange.headers(name);
      if (!values.isEmpty()) {
        headers.put(name, values);
      }
    }
    return new RequestFacts(exchange.method(), exchange.path(), headers, exchange.loopback());
  }

  private void route(Exchange exchange, RequestFacts facts, String id, Reply reply) {
    requirePlain(exchange.path());
    Principal principal = admitted(facts);
    exchange.named(id, principal.tenant());
    String path = exchange.path();
    if (traffic.isDraining() && !RequestGuard.PROBES.contains(path)) {
      throw new HttpProblem(503, "The server is stopping. Ask again when it runs anew.")
          .retryAfter(Duration.ofSeconds(5));
    }
    if (exchange.method().equals("OPTIONS")) {
      HttpAnswer answer = HttpAnswer.empty(204).header("allow", allowed(path));
      reply.whole(answer, answer.bytes());
      return;
    }
    RouteTable.Match match =
        table
            .find(exchange.method(), path)
            .orElseThrow(
                () -> {
                  String allowed = allowed(path);
                  return new HttpProblem(
                          405, path + " has no " + exchange.method() + "; it has " + allowed + ".")
                      .with("allow", allowed);
                });
    requireIdentity(exchange);
    Map<String, List<String>> queries = QueryText.parameters(exchange.query());
    exchange.read(
        budget,
        new Exchange.BodyReceiver() {
          @Override
          public void received(byte[] body) {
            Departure departure = new Departure();
            ServedRequest request =
                new ServedRequest(exchange, id, principal, match.parts(), queries, body, departure);
            if (!workers.offer(() -> handle(match.handler(), request, reply))) {
              refused(
                  new HttpProblem(503, "The server is busy with other requests. Ask again later.")
                      .retryAfter(Duration.ofSeconds(1)));
            }
          }

          @Override
          public void refused(HttpProblem problem) {
            reply.problem(problem);
          }
        });
  }

  private void handle(HttpHandler handler, ServedRequest request, Reply reply) {
    Departure departure = request.departure();
    request.exchange().watch(departure::gone);
    try {
      reply.send(handler.handle(request), streams, request.principal(), departure);
    } catch (Throwable e) {
      reply.failure(e);
    }
  }

  private Principal admitted(RequestFacts facts) {
    Decision decision = guard.decide(facts);
    if (decision instanceof Decision.Refused refused) {
      throw new HttpProblem(refused.status(), refused.message(), refused.headers());
    }
    return ((Decision.Admitted) decision).principal();
  }

  private String allowed(String path) {
    String allowed = table.allowed(path);
    if (allowed.isEmpty()) {
      throw new HttpProblem(404, "There is nothing at " + path + ".");
    }
    return allowed;
  }

  /** What routes, roots of files and logs need not think of. */
  private static void requirePlain(String path) {
    boolean dots = List.of(path.split("/", -1)).stream().anyMatch(s -> s.matches("\\.\\.?"));
    if (dots || path.indexOf('\\') >= 0 || path.chars().anyMatch(Character::isISOControl)) {
      throw new HttpProblem(
          400, "The path has a segment of dots, a backslash or a control character.");
    }
  }

  private static void requireIdentity(Exchange exchange) {
    for (String encoding : exchange.headers("content-encoding")) {
      if (!encoding.strip().toLowerCase(Locale.ROOT).equals("identity")) {
        throw new HttpProblem(
            415, "The body's content encoding is '" + encoding + "'; send it without one.");
      }
    }
  }
}
