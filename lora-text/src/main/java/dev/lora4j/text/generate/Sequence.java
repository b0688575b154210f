package dev.lora4j.text.generate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.train.Noise;
import java.util.Arrays;
import java.util.Set;
import java.util.function.IntPredicate;

/** A sequence that grows token by token. */
final class Sequence {
  private final Start start;
  private int[] tokens;
  private int length;
  private boolean done;

  /**
   * How a sequence begins and when it ends.
   *
   * @param prompt its first tokens; at least one
   * @param most how many tokens to add at most; 1 or more
   * @param ends tokens that end it
   * @param sampling how tokens are chosen
   * @param seed of chance, so that what a row draws does not depend on the rows beside it
   * @param mix its adapters
   * @param heard hears each token that was added, and says whether to end there
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Start(
      int[] prompt,
      int most,
      Set<Integer> ends,
      SamplingSettings sampling,
      long seed,
      MixPlan mix,
      IntPredicate heard) {
    /** How many tokens it may come to have. */
    int room() {
      return prompt.length + most;
    }
  }

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
    done = stopped || start.ends().contains(next) || length == start.room();
  }
}
