package dev.lora4j.hub.web;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, piece by piece as it arrives. Waiting for the next piece ends when the
 * thread is interrupted, and when nothing comes for too long; Java's own stream does neither.
 */
final class BodyStream implements HttpResponse.BodySubscriber<BodyStream>, AutoCloseable {
  /** What arrived: bytes, or the end with or without an error. */
  private record Arrival(List<ByteBuffer> bytes, boolean end, @Nullable Throwable error) {}

  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private Flow.@Nullable Subscription subscription;
  private boolean closed;

  @Override
  public CompletionStage<BodyStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription given) {
    if (closed) {
      given.cancel();
    } else {
      subscription = given;
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    arrivals.add(new Arrival(bytes, false, null));
  }

  @Override
  public void onError(Throwable thrown) {
    arrivals.add(new Arrival(List.of(), true, thrown));
  }

  @Override
  public void onComplete() {
    arrivals.add(new Arrival(List.of(), true, null));
  }

  /**
   * The next bytes; none at the end.
   *
   * @throws HttpTimeoutException if nothing comes for that long
   * @throws IOException if the connection was cut
   */
  List<ByteBuffer> next(Duration patience) throws IOException, InterruptedException {
    while (true) {
      Arrival arrival = arrivals.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (arrival == null) {
        throw new HttpTimeoutException("nothing came for " + patience.toSeconds() + " s");
      }
      if (arrival.error() != null) {
        throw new IOException(String.valueOf(arrival.error().getMessage()), arrival.error());
      }
      if (arrival.end()) {
        return List.of();
      }
      more();
      if (!arrival.bytes().isEmpty()) {
        return arrival.bytes();
      }
    }
  }

  private synchronized void more() {
    if (subscription != null) {
      subscription.request(1);
    }
  }

  /** Ends the transfer, and with it the connection if there was more to come. */
  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
