package dev.lora4j.server.catalogue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.server.http.HttpHandler;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.library.UnknownAdapterException;
import dev.lora4j.server.library.UnusableAdapterException;
import dev.lora4j.server.schedule.QueueClosedException;
import dev.lora4j.server.schedule.QueueFullException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * An exception that is for the client; each protocol has a status and a form of its own for each
 * kind.
 *
 * @param message for the client
 * @param field path of the field; empty if it is none
 * @param retryAfter seconds until there is room; 0 if that is not the trouble
 */
public record Trouble(Kind kind, String message, String field, int retryAfter) {
  /** Kinds of trouble. */
  public enum Kind {
    /** A field has a value that cannot be used. */
    FIELD,
    /** No base or adapter has this name. */
    MODEL,
    /** An adapter does not fit the base, or cannot be read. */
    ADAPTER,
    /** The base cannot do what is asked for. */
    REQUEST,
    /** Too much waits. */
    FULL,
    /** The server is being stopped. */
    STOPPING,
    /** The work was given up. */
    GIVEN_UP,
    /** The base's numbers are not finite with these adapters and weights. */
    NOT_FINITE
  }

  private Trouble(Kind kind, String message) {
    this(kind, message, "", 0);
  }

  /** The trouble that an exception is; empty if it is the server's own failure. */
  public static Optional<Trouble> of(Throwable e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof ExecutionException || e instanceof CompletionException) {
      return Optional.ofNullable(e.getCause()).flatMap(Trouble::of);
    } else if (e instanceof FieldException wrong) {
      return Optional.of(new Trouble(Kind.FIELD, message, wrong.field(), 0));
    } else if (e instanceof UnknownModelException || e instanceof UnknownAdapterException) {
      return Optional.of(new Trouble(Kind.MODEL, message));
    } else if (e instanceof UnusableAdapterException || e instanceof AdapterException) {
      return Optional.of(new Trouble(Kind.ADAPTER, message));
    } else if (e instanceof QueueFullException full) {
      return Optional.of(new Trouble(Kind.FULL, message, "", full.retryAfter()));
    } else if (e instanceof QueueClosedException) {
      return Optional.of(new Trouble(Kind.STOPPING, "This server is being stopped."));
    } else if (e instanceof CancellationException) {
      return Optional.of(new Trouble(Kind.GIVEN_UP, "The work was given up: " + message));
    } else if (e instanceof ArithmeticException) {
      return Optional.of(new Trouble(Kind.NOT_FINITE, message));
    } else if (e instanceof IllegalArgumentException) {
      return Optional.of(new Trouble(Kind.REQUEST, message));
    }
    return Optional.empty();
  }

  /** A handler whose trouble is told in a protocol's form. */
  public static HttpHandler handler(HttpHandler handler, Function<Trouble, HttpProblem> form) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (HttpProblem e) {
        throw e;
      } catch (Exception e) {
        Optional<Trouble> trouble = of(e);
        throw trouble.isPresent() ? form.apply(trouble.get()) : e;
      }
    };
  }
}
