package dev.lora4j.text.generate;

import dev.lora4j.core.train.Noise;
import java.util.Arrays;

/** A sequence that grows token by token. */
final class Sequence {
  private final Start start;
  private int[] tokens;
  private int length;
  private boolean done;
  private boolean ended;

  Sequence(Start start) {
    this.start = start;
    tokens = Arrays.copyOf(start.prompt(), start.room());
    length = start.prompt().length;
  }

  Start start() {
    return start;
  }

  int length() {
    return length;
  }

  int last() {
    return tokens[length - 1];
  }

  boolean done() {
    return done;
  }

  /** Whether a token that ends it came. */
  boolean ended() {
    return ended;
  }

  /** What was added to the prompt. */
  int[] added() {
    return Arrays.copyOfRange(tokens, start.prompt().length, length);
  }

  /** Chooses the next token by its logits and adds it. */
  void add(float[] logits) {
    int count = length - start.prompt().length;
    double chance =
        start.sampling().temperature() == 0 ? 0 : Noise.of(start.seed(), count).uniform();
    int next = NextTokenChoice.of(logits, Arrays.copyOf(tokens, length), start.sampling(), chance);
    tokens[length++] = next;
    boolean stopped = start.heard().test(next);
    ended = start.ends().contains(next);
    done = stopped || ended || length == start.room();
  }
}
