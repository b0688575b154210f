package dev.lora4j.server.openai;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.Trouble;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpHandler;
import dev.lora4j.server.http.HttpProblem;
import java.util.Map;

/** An error in OpenAI's form: message, type, param and code. */
final class OpenAiProblem extends HttpProblem {
  private static final long serialVersionUID = 1;
  private static final String INVALID = "invalid_request_error";

  /** What the clients do with it: those of this status are sent again. */
  private static final String RETRY = "x-should-retry";

  private final String type;
  private final String param;
  private final String code;

  private OpenAiProblem(
      int status,
      String message,
      String type,
      String param,
      String code,
      Map<String, String> headers) {
    super(status, message, headers);
    this.type = type;
    this.param = param;
    this.code = code;
  }

  private static OpenAiProblem invalid(String message, String param) {
    return new OpenAiProblem(400, message, INVALID, param, "", Map.of());
  }

  /** Trouble in this form. */
  static OpenAiProblem of(Trouble trouble) {
    String message = trouble.message();
    return switch (trouble.kind()) {
      case FIELD, REQUEST -> invalid(message, trouble.field());
      case ADAPTER -> invalid(message, "model");
      case MODEL -> new OpenAiProblem(404, message, INVALID, "model", "model_not_found", Map.of());
      case FULL ->
          new OpenAiProblem(
              429,
              message,
              "rate_limit_error",
              "",
              "rate_limit_exceeded",
              Map.of("retry-after", Integer.toString(trouble.retryAfter()), RETRY, "true"));
      case STOPPING -> failed(503, message, Map.of(RETRY, "true"));
      case GIVEN_UP -> failed(503, message, Map.of());
      // The adapters and their weights do that, and it would happen again.
      case NOT_FINITE -> failed(500, message, Map.of(RETRY, "false"));
    };
  }

  private static OpenAiProblem failed(int status, String message, Map<String, String> headers) {
    return new OpenAiProblem(status, message, "server_error", "", "", headers);
  }

  /** A handler whose trouble is answered in this form. */
  static HttpHandler handler(HttpHandler handler) {
    return Trouble.handler(handler, OpenAiProblem::of);
  }

  /** The answer to a problem. */
  static HttpAnswer answer(HttpProblem problem, String id) {
    return HttpAnswer.json(body(problem).toString());
  }

  /** The body of an answer, and the event of a stream that cannot go on. */
  static JsonObject body(HttpProblem problem) {
    JsonObject error = new JsonObject();
    error.addProperty("message", problem.message());
    if (problem instanceof OpenAiProblem own) {
      error.addProperty("type", own.type);
      put(error, "param", own.param);
      put(error, "code", own.code);
    } else {
      error.addProperty("type", problem.status() < 500 ? INVALID : "server_error");
      put(error, "param", "");
      put(error, "code", problem.status() == 401 ? "invalid_api_key" : "");
    }
    JsonObject body = new JsonObject();
    body.add("error", error);
    return body;
  }

  private static void put(JsonObject error, String name, String value) {
    if (value.isEmpty()) {
      error.add(name, JsonNull.INSTANCE);
    } else {
      error.addProperty(name, value);
    }
  }
}
