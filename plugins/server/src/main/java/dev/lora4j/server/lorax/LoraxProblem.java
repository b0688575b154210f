package dev.lora4j.server.lorax;

import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.Trouble;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpHandler;
import dev.lora4j.server.http.HttpProblem;
import java.util.Map;

/** An error in LoRAX's form: a text and one of its types, by which clients choose an exception. */
final class LoraxProblem extends HttpProblem {
  private static final long serialVersionUID = 1;
  private static final String VALIDATION = "validation";
  private static final String GENERATION = "generation";
  private static final String OVERLOADED = "overloaded";
  private static final String INCOMPLETE = "incomplete_generation";
  private static final String HEALTH = "healthcheck";

  private final String type;

  private LoraxProblem(int status, String message, String type, Map<String, String> headers) {
    super(status, message, headers);
    this.type = type;
  }

  /** Trouble in this form. */
  static LoraxProblem of(Trouble trouble) {
    String message = trouble.message();
    return switch (trouble.kind()) {
      // LoRAX itself does not say when to come back.
      case FULL ->
          new LoraxProblem(
              429,
              message,
              OVERLOADED,
              Map.of("retry-after", Integer.toString(trouble.retryAfter())));
      case STOPPING -> new LoraxProblem(503, message, HEALTH, Map.of());
      case GIVEN_UP -> new LoraxProblem(500, message, INCOMPLETE, Map.of());
      case MODEL, ADAPTER, NOT_FINITE -> new LoraxProblem(424, message, GENERATION, Map.of());
      case FIELD, REQUEST -> new LoraxProblem(422, message, VALIDATION, Map.of());
    };
  }

  /**
   * A handler whose problems are answered in this form, also at the path {@code /}, below which
   * other faces have theirs.
   */
  static HttpHandler handler(HttpHandler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (Exception e) {
        LoraxProblem problem = Trouble.of(e).map(LoraxProblem::of).orElseThrow(() -> e);
        HttpAnswer answer = HttpAnswer.json(body(problem).toString()).status(problem.status());
        for (Map.Entry<String, String> header : problem.headers().entrySet()) {
          answer = answer.header(header.getKey(), header.getValue());
        }
        return answer;
      }
    };
  }

  /** The answer to a problem of the server itself, such as a missing token. */
  static HttpAnswer answer(HttpProblem problem, String id) {
    return HttpAnswer.json(body(problem).toString());
  }

  /** The body of an answer, and the event of a stream that cannot go on. */
  static JsonObject body(HttpProblem problem) {
    JsonObject body = new JsonObject();
    body.addProperty("error", problem.message());
    body.addProperty("error_type", problem instanceof LoraxProblem own ? own.type : type(problem));
    return body;
  }

  private static String type(HttpProblem problem) {
    return switch (problem.status()) {
      case 424 -> GENERATION;
      case 429 -> OVERLOADED;
      case 503 -> HEALTH;
      default -> problem.status() < 500 ? VALIDATION : INCOMPLETE;
    };
  }
}
