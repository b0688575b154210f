package dev.lora4j.bench.server;

import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import java.util.List;

/** Requests per second out of the times of bursts. */
final class Rates {
  private static final double MILLIS = 1e3;

  private Rates() {}

  /**
   * The same results as rates, whose ratio is greater the faster ours is.
   *
   * @param times in milliseconds, of bursts of so many requests
   */
  static List<Result> of(List<Result> times, int requests, Target target) {
    return times.stream().map(time -> rate(time, requests, target)).toList();
  }

  private static Result rate(Result time, int requests, Target target) {
    Spread ratio = time.ratio();
    return new Result(
        time.name(),
        MILLIS * requests / time.ours(),
        MILLIS * requests / time.peer(),
        time.peerName(),
        new Spread(1 / ratio.high(), 1 / ratio.median(), 1 / ratio.low()),
        "requests/s",
        time.dtype(),
        target,
        time.details());
  }
}
