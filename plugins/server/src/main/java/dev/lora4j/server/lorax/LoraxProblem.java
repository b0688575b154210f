package dev.lora4j.server.lorax;

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
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

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

  /** The problem that an exception is for a client; empty if it is the server's own. */
  static Optional<LoraxProblem> of(Throwable e) {
    if (e instanceof ExecutionException || e instanceof CompletionException) {
      return Optional.ofNullable(e.getCause()).flatMap(LoraxProblem::of);
    }
    String message = String.valueOf(e.getMessage());
    if (e instanceof QueueFullException full) {
      // LoRAX itself does not say when to come back.
      String wait = Integer.toString(full.retryAfter());
      return Optional.of(new LoraxProblem(429, message, OVERLOADED, Map.of("retry-after", wait)));
    }
    if (e instanceof QueueClosedException) {
      return Optional.of(new LoraxProblem(503, "This server is being stopped.", HEALTH, Map.of()));
    }
    if (e instanceof CancellationException) {
      return problem(500, "The work was given up: " + message, INCOMPLETE);
    }
    if (e instanceof UnknownModelException
        || e instanceof UnknownAdapterException
        || e instanceof UnusableAdapterException
        || e instanceof AdapterException
        || e instanceof ArithmeticException) {
      return problem(424, message, GENERATION);
    }
    if (e instanceof FieldException || e instanceof IllegalArgumentException) {
      return problem(422, message, VALIDATION);
    }
    return Optional.empty();
  }

  private static Optional<LoraxProblem> problem(int status, String message, String type) {
    return Optional.of(new LoraxProblem(status, message, type, Map.of()));
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
        LoraxProblem problem = of(e).orElseThrow(() -> e);
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
