package dev.lora4j.bench;

import dev.lora4j.cli.console.Failure;
import java.util.Locale;

/** Checks that contenders compute the same thing, without which their times mean nothing. */
final class Agreement {
  private Agreement() {}

  /**
   * Compares what two contenders computed.
   *
   * @param tolerance greatest allowed difference, as a share of the greatest of our numbers
   * @throws Failure if they differ, or if ours are not finite
   */
  static void require(
      String benchmark, double[] ours, double[] theirs, String peer, double tolerance) {
    if (ours.length != theirs.length) {
      throw new Failure(
          String.format(
              "%s: %s computed %d numbers where ours computed %d; no ratio is given.",
              benchmark, peer, theirs.length, ours.length));
    }
    double scale = 0;
    for (double value : ours) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < ours.length; i++) {
      // Also false if one of them is NaN.
      boolean same = Math.abs(ours[i] - theirs[i]) <= tolerance * scale;
      if (!same || !Double.isFinite(ours[i])) {
        throw new Failure(
            String.format(
                Locale.ROOT,
                "%s: %s computes something else: number %d of %d is %.8g, ours is %.8g; they may"
                    + " differ by %.1e. No ratio is given.",
                benchmark,
                peer,
                i + 1,
                ours.length,
                theirs[i],
                ours[i],
                tolerance * scale));
      }
    }
  }
}
