package dev.lora4j.server.lorax;

import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.text.TokenListener;
import dev.lora4j.text.generate.TokenChoice;
import java.util.concurrent.TimeUnit;

/** Times of one text on its way, for the headers of its answer. */
final class RequestTimes implements TokenListener {
  private final long began = System.nanoTime();
  private final TokenListener next;
  private volatile long queued = began;
  private volatile long joined = began;
  private volatile long first = began;
  private volatile boolean begun;

  /**
   * Begins to count.
   *
   * @param next hears all that this hears
   */
  RequestTimes(TokenListener next) {
    this.next = next;
  }

  /** The request is checked and goes to the queue. */
  void queued() {
    queued = System.nanoTime();
    joined = queued;
    first = queued;
  }

  @Override
  public void joined() {
    joined = System.nanoTime();
    next.joined();
  }

  @Override
  public void token(TokenChoice choice, boolean last) {
    if (!begun) {
      begun = true;
      first = System.nanoTime();
    }
    next.token(choice, last);
  }

  /** An answer with the times until now, in milliseconds. */
  HttpAnswer headers(HttpAnswer answer, int tokens) {
    long now = System.nanoTime();
    long later = Math.max(1, tokens - 1);
    return answer
        .header("x-compute-time", millis(now - began))
        .header("x-total-time", millis(now - began))
        .header("x-validation-time", millis(queued - began))
        .header("x-queue-time", millis(joined - queued))
        .header("x-inference-time", millis(now - joined))
        .header("x-time-per-token", millis((now - joined) / Math.max(1, tokens)))
        .header("x-time-to-first-token", millis(first - began))
        .header("x-time-per-output-token", millis((now - first) / later));
  }

  private static String millis(long nanos) {
    return Long.toString(TimeUnit.NANOSECONDS.toMillis(Math.max(0, nanos)));
  }
}
