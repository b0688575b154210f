package dev.lora4j.server.http;

import dev.lora4j.server.guard.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answer to a request, on its way. */
final class Reply {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.server");

  private final Exchange exchange;
  private final String id;
  private final ProblemForms forms;
  private final Map<String, String> always;

  /**
   * A reply that was not sent.
   *
   * @param always headers of it, whatever it is; those of the answer come before them
   */
  Reply(Exchange exchange, String id, ProblemForms forms, Map<String, String> always) {
    this.exchange = exchange;
    this.id = id;
    this.forms = forms;
    this.always = always;
  }

  /** Sends an answer. Waits for the producer of events. */
  void send(HttpAnswer answer, EventStreams streams, Principal principal, Departure departure) {
    if (answer.content() instanceof HttpAnswer.Events events) {
      if (exchange.method().equals("HEAD")) {
        whole(answer, new byte[0]);
      } else {
        stream(answer, events, streams, principal, departure);
      }
    } else if (answer.content() instanceof HttpAnswer.Whole body) {
      whole(answer, body.bytes());
    }
  }

  /** Sends an answer that is there. */
  void whole(HttpAnswer answer, byte[] body) {
    Map<String, String> headers = headers(answer);
    boolean bodiless = answer.status() == 204 || answer.status() == 304;
    if (!bodiless && answer.content() instanceof HttpAnswer.Whole) {
      headers.put("content-length", Integer.toString(body.length));
    }
    exchange.head(answer.status(), headers);
    exchange.write(body, true, ok -> {});
  }

  private Map<String, String> headers(HttpAnswer answer) {
    Map<String, String> headers = new LinkedHashMap<>(SecurityHeaders.ALL);
    headers.putAll(always);
    headers.putAll(answer.headers());
    headers.put(RequestId.HEADER, id);
    return headers;
  }

  private void stream(
      HttpAnswer answer,
      HttpAnswer.Events events,
      EventStreams streams,
      Principal principal,
      Departure departure) {
    BufferedEvents stream =
        streams.open(
            exchange,
            () -> exchange.head(answer.status(), headers(answer)),
            events.subscription(),
            principal,
            departure);
    try {
      if (events.subscription()) {
        stream.open();
      }
      events.producer().produce(stream);
      if (!events.subscription()) {
        stream.close();
      }
    } catch (Throwable e) {
      if (stream.retract()) {
        failure(e);
      } else {
        if (!departure.isGone()) {
          LOG.error("Request {} failed after its answer had begun.", id, e);
        }
        stream.drop();
      }
    }
  }

  /** Sends what a handler threw. */
  void failure(Throwable thrown) {
    if (thrown instanceof HttpProblem problem) {
      problem(problem);
      return;
    }
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    LOG.error("Request {} failed.", id, thrown);
    problem(
        new HttpProblem(
            500, "The server failed at this request. Its log has the reason under " + id + "."));
  }

  /** Sends a problem in the form of its path. */
  void problem(HttpProblem problem) {
    HttpAnswer answer = forms.answer(exchange.path(), problem, id);
    whole(answer, answer.bytes());
  }
}
