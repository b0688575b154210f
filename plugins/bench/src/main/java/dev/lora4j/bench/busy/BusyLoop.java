package dev.lora4j.bench.busy;

import java.io.IOException;

/**
 * A process that keeps a processor busy until the one that started it ends in whatever way, or lets
 * go of its input.
 */
public final class BusyLoop {
  private BusyLoop() {}

  /** Takes no arguments. */
  public static void main(String... arguments) {
    Thread waiting =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nobody writes; the end of the input is what is waited for.
                }
              } catch (IOException e) {
                // As its end.
              }
              Runtime.getRuntime().halt(0);
            },
            "end-of-input");
    waiting.setDaemon(true);
    waiting.start();
    long x = 88172645463325252L;
    // Never zero, which the compiler cannot know.
    while (x != 0) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
    }
  }
}
