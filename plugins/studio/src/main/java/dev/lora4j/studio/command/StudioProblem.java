package dev.lora4j.studio.command;

import com.google.gson.JsonObject;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.server.catalogue.Trouble;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpHandler;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.Routes;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.util.Map;

/** Error for the page: what went wrong, as it can be shown to the user, and at which field. */
final class StudioProblem extends HttpProblem {
  @Serial private static final long serialVersionUID = 1L;

  private static final String PATHS = "/studio/";

  private final String field;

  private StudioProblem(int status, String message, Map<String, String> headers, String field) {
    super(status, message, headers);
    this.field = field;
  }

  private static StudioProblem of(Trouble trouble) {
    int status =
        switch (trouble.kind()) {
          case FIELD, REQUEST, ADAPTER -> 400;
          case MODEL -> 404;
          case FULL -> 429;
          case STOPPING, GIVEN_UP -> 503;
          case NOT_FINITE -> 500;
        };
    Map<String, String> headers =
        trouble.retryAfter() > 0
            ? Map.of("retry-after", Integer.toString(trouble.retryAfter()))
            : Map.of();
    return new StudioProblem(status, trouble.message(), headers, trouble.field());
  }

  /** The same routes, whose exceptions become answers. */
  static Routes told(Routes routes) {
    return routes
        .wrapped(handler -> disk(Trouble.handler(handler, StudioProblem::of)))
        .problems(PATHS, StudioProblem::answer);
  }

  /** Files are the user's own, so what is wrong with them is for the user. */
  private static HttpHandler disk(HttpHandler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (IOException | UncheckedIOException e) {
        throw new HttpProblem(500, ErrorExplanation.of(e));
      }
    };
  }

  private static HttpAnswer answer(HttpProblem problem, String id) {
    JsonObject error = new JsonObject();
    error.addProperty("message", problem.message());
    error.addProperty("status", problem.status());
    error.addProperty("request_id", id);
    if (problem instanceof StudioProblem own && !own.field.isEmpty()) {
      error.addProperty("field", own.field);
    }
    JsonObject body = new JsonObject();
    body.add("error", error);
    return HttpAnswer.json(body.toString());
  }
}
