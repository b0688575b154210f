package dev.lora4j.server.http;

/** Answers the requests of a route. It may block: it has a thread of its own. */
@FunctionalInterface
public interface HttpHandler {
  /**
   * The answer.
   *
   * @throws HttpProblem for an answer that is an error, in the form of the route's face
   * @throws Exception anything else becomes status 500 with an id, and is logged
   */
  HttpAnswer handle(HttpRequest request) throws Exception;
}
