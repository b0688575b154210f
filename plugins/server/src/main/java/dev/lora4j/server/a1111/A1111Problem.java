package dev.lora4j.server.a1111;

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

/** Errors in A1111's form: error, detail, body and errors. */
final class A1111Problem {
  private A1111Problem() {}

  /** A value that cannot be used, with status 422. */
  static HttpProblem unusable(String message) {
    return new HttpProblem(422, message);
  }

  /** The problem that an exception is for a client; others are no problem of a client's. */
  static Throwable of(Throwable e) {
    if (e instanceof ExecutionException || e instanceof CompletionException) {
      Throwable cause = e.getCause();
      return cause == null ? e : of(cause);
    }
    String message = String.valueOf(e.getMessage());
    if (e instanceof FieldException) {
      return unusable(message);
    }
    if (e instanceof UnknownModelException || e instanceof UnknownAdapterException) {
      return new HttpProblem(404, message);
    }
    if (e instanceof QueueFullException full) {
      String seconds = Integer.toString(full.retryAfter());
      return new HttpProblem(429, message, Map.of("retry-after", seconds));
    }
    if (e instanceof QueueClosedException) {
      return new HttpProblem(503, "This server is being stopped.");
    }
    if (e instanceof CancellationException) {
      return new HttpProblem(503, "The work was given up: " + message);
    }
    if (e instanceof UnusableAdapterException
        || e instanceof AdapterException
        || e instanceof IllegalArgumentException) {
      return new HttpProblem(400, message);
    }
    if (e instanceof ArithmeticException) {
      return new HttpProblem(500, message);
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
    JsonObject body = new JsonObject();
    body.addProperty("error", "HTTPException");
    body.addProperty("detail", problem.message());
    body.addProperty("body", "");
    body.addProperty("errors", problem.status() + ": " + problem.message());
    return HttpAnswer.json(body.toString());
  }
}
