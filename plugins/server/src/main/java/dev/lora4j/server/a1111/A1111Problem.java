package dev.lora4j.server.a1111;

import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.Trouble;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpHandler;
import dev.lora4j.server.http.HttpProblem;
import java.util.Map;

/** Errors in A1111's form: error, detail, body and errors. */
final class A1111Problem {
  private A1111Problem() {}

  /** A value that cannot be used, with status 422. */
  static HttpProblem unusable(String message) {
    return new HttpProblem(422, message);
  }

  /** Trouble with A1111's statuses. */
  private static HttpProblem of(Trouble trouble) {
    String message = trouble.message();
    return switch (trouble.kind()) {
      case FIELD -> unusable(message);
      case MODEL -> new HttpProblem(404, message);
      case ADAPTER, REQUEST -> new HttpProblem(400, message);
      case FULL ->
          new HttpProblem(
              429, message, Map.of("retry-after", Integer.toString(trouble.retryAfter())));
      case STOPPING, GIVEN_UP -> new HttpProblem(503, message);
      case NOT_FINITE -> new HttpProblem(500, message);
    };
  }

  /** A handler whose trouble is answered in this form. */
  static HttpHandler handler(HttpHandler handler) {
    return Trouble.handler(handler, A1111Problem::of);
  }

  /** The answer to a problem. */
  static HttpAnswer answer(HttpProblem problem, String id) {
    JsonObject body = new JsonObject();
    body.addProperty("error", "HTTPException");
    body.addProperty("detail", problem.message());
    body.addProperty("body", "");
    body.addProperty("errors", problem.status() + ": " + problem.message());
    return HttpAnswer.json(body.toString());
  }
}
