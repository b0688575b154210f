package dev.lora4j.text.generate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.network.EncoderFeatures;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Request to generate a sequence.
 *
 * @param prompt its first tokens, at least one; of a network that encodes tokens those to encode
 * @param maxNewTokens how many tokens to add at most; 1 or more
 * @param ends tokens that end it
 * @param sampling how tokens are chosen
 * @param seed of chance, so that what a row draws does not depend on the rows beside it
 * @param mix its adapters
 * @param listener receives each added token, and returns true to end there
 * @param logProbabilities what is told of the choice of each token
 * @param withheld tokens that are never chosen
 * @param features what is encoded, of a network that encodes something else than tokens
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record GenerationRequest(
    int[] prompt,
    int maxNewTokens,
    Set<Integer> ends,
    SamplingSettings sampling,
    long seed,
    MixPlan mix,
    IntPredicate listener,
    LogProbabilities logProbabilities,
    WithheldTokens withheld,
    Optional<EncoderFeatures> features) {
  /** Checks that there is a prompt, and room for a token. */
  public GenerationRequest {
    if (prompt.length == 0 || maxNewTokens < 1) {
      throw new IllegalArgumentException(
          "A sequence begins with 1 token or more and gets 1 or more, found "
              + prompt.length
              + " and "
              + maxNewTokens
              + ".");
    }
  }

  /** A request without log-probabilities. */
  public GenerationRequest(
      int[] prompt,
      int maxNewTokens,
      Set<Integer> ends,
      SamplingSettings sampling,
      long seed,
      MixPlan mix,
      IntPredicate listener) {
    this(prompt, maxNewTokens, ends, sampling, seed, mix, listener, LogProbabilities.NONE);
  }

  /** A request in which any token may be chosen. */
  public GenerationRequest(
      int[] prompt,
      int maxNewTokens,
      Set<Integer> ends,
      SamplingSettings sampling,
      long seed,
      MixPlan mix,
      IntPredicate listener,
      LogProbabilities logProbabilities) {
    this(
        prompt,
        maxNewTokens,
        ends,
        sampling,
        seed,
        mix,
        listener,
        logProbabilities,
        WithheldTokens.NONE,
        Optional.empty());
  }

  /** A request of the likeliest tokens, to the end token. */
  public static GenerationRequest greedy(int[] prompt, int most, MixPlan mix) {
    return new GenerationRequest(
        prompt, most, Set.of(), SamplingSettings.GREEDY, 0, mix, token -> false);
  }

  /** A copy with other log-probabilities. */
  public GenerationRequest logProbabilities(LogProbabilities other) {
    return new GenerationRequest(
        prompt, maxNewTokens, ends, sampling, seed, mix, listener, other, withheld, features);
  }

  /** A copy that never chooses these tokens. */
  public GenerationRequest withheld(WithheldTokens other) {
    return new GenerationRequest(
        prompt,
        maxNewTokens,
        ends,
        sampling,
        seed,
        mix,
        listener,
        logProbabilities,
        other,
        features);
  }

  /** A copy that encodes these features, and whose output begins with the prompt. */
  public GenerationRequest features(EncoderFeatures encoded) {
    return new GenerationRequest(
        prompt,
        maxNewTokens,
        ends,
        sampling,
        seed,
        mix,
        listener,
        logProbabilities,
        withheld,
        Optional.of(encoded));
  }

  /**
   * Refuses features, for a model that reads tokens.
   *
   * @throws IllegalArgumentException if it has some
   */
  void requireTokens() {
    features.ifPresent(
        f -> {
          throw new IllegalArgumentException(
              "This model reads tokens, and the request has features of " + f.name() + ".");
        });
  }

  /** Greatest number of tokens, prompt included. */
  int room() {
    return prompt.length + maxNewTokens;
  }
}
