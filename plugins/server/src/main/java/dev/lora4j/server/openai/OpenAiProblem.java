package dev.lora4j.server.openai;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.server.catalogue.UnknownModelException;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpHandler;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.library.UnknownAdapterException;
import dev.lora4j.server.library.UnusableAdapterException;
import dev.lora4j.server.schedule.QueueClosedException;
import dev.lora4j.server.schedule.QueueFullException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

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

  /** The problem that an exception is for a client; others are no problem of a client's. */
  static Throwable of(Throwable e) {
    if (e instanceof ExecutionException || e instanceof CompletionException) {
      Throwable cause = e.getCause();
      return cause == null ? e : of(cause);
    }
    String message = String.valueOf(e.getMessage());
    if (e instanceof FieldException field) {
      return invalid(message, field.field());
    }
    if (e instanceof UnknownModelException || e instanceof UnknownAdapterException) {
      return new OpenAiProblem(404, message, INVALID, "model", "model_not_found", Map.of());
    }
    if (e instanceof UnusableAdapterException) {
      return invalid(message, "model");
    }
    if (e instanceof QueueFullException full) {
      Map<String, String> headers =
          Map.of("retry-after", Integer.toString(full.retryAfter()), RETRY, "true");
      return new OpenAiProblem(
          429, message, "rate_limit_error", "", "rate_limit_exceeded", headers);
    }
    if (e instanceof QueueClosedException) {
      return new OpenAiProblem(
          503, "This server is being stopped.", "server_error", "", "", Map.of(RETRY, "true"));
    }
    if (e instanceof CancellationException) {
      return new OpenAiProblem(
          503, "The work was given up: " + message, "server_error", "", "", Map.of());
    }
    if (e instanceof AdapterException || e instanceof IllegalArgumentException) {
      return invalid(message, "");
    }
    if (e instanceof ArithmeticException) {
      // The adapters and their weights do that, and it would happen again.
      return new OpenAiProblem(500, message, "server_error", "", "", Map.of(RETRY, "false"));
    }
    return e;
  }

  /** A handler whose exceptions are answered in this form. */
  static HttpHandler handler(HttpHandler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (Exception e) {
        Throwable problem = of(e);
        throw problem instanceof Exception known ? known : e;
      }
    };
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
