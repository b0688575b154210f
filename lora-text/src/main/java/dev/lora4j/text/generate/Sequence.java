package dev.lora4j.text.generate;

import dev.lora4j.core.train.SeededNoise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A sequence that grows token by token. */
final class Sequence {
  private final GenerationRequest start;
  private final int begun;
  private int[] tokens;
  private int length;
  private boolean done;
  private boolean ended;
  private boolean stopped;
  private final List<TokenChoice> choices = new ArrayList<>();

  /** Begins with these tokens. */
  Sequence(GenerationRequest start, int[] begin) {
    this.start = start;
    begun = begin.length;
    tokens = Arrays.copyOf(begin, begun + start.maxNewTokens());
    length = begun;
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

  /** True if an end token came. */
  boolean ended() {
    return ended;
  }

  /** True if the listener ended it. */
  boolean stopped() {
    return stopped;
  }

  /** Generated tokens, without the prompt. */
  int[] added() {
    return Arrays.copyOfRange(tokens, begun, length);
  }

  /** The tokens with their log-probabilities, as the request asks for them. */
  GeneratedTokens generated() {
    return new GeneratedTokens(added(), ended, choices);
  }

  /** Log-probabilities of the last token, if the request asks for them. */
  Optional<TokenChoice> lastChoice() {
    return choices.isEmpty() ? Optional.empty() : Optional.of(choices.get(choices.size() - 1));
  }

  /** Chooses the next token by its logits and adds it. */
  void add(float[] logits) {
    int count = length - begun;
    double chance =
        start.sampling().temperature() == 0 ? 0 : SeededNoise.of(start.seed(), count).uniform();
    LogProbabilities wanted = start.logProbabilities();
    // The sampler changes the logits.
    float[] raw = wanted.chosen() ? logits.clone() : logits;
    start.withheld().apply(logits, count);
    int next = TokenSampler.of(logits, Arrays.copyOf(tokens, length), start.sampling(), chance);
    tokens[length++] = next;
    if (wanted.chosen()) {
      choices.add(TokenChoice.of(raw, next, wanted.likeliest()));
    }
    stopped = start.listener().test(next);
    ended = start.ends().contains(next);
    done = stopped || ended || length == tokens.length;
  }
}
