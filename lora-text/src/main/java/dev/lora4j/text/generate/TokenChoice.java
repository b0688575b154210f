package dev.lora4j.text.generate;

import java.util.Arrays;
import java.util.List;

/**
 * Log-probabilities of a choice of one token: the log-softmax of the model's logits, before any
 * setting of the request acts on them.
 *
 * @param chosen the token that was chosen
 * @param likeliest as many tokens as the request asks for, the likeliest first
 */
public record TokenChoice(TokenLogProbability chosen, List<TokenLogProbability> likeliest) {
  /** Copies its list. */
  public TokenChoice {
    likeliest = List.copyOf(likeliest);
  }

  /**
   * The choice of a token.
   *
   * @param logits one for each token of the vocabulary, none of which is NaN
   */
  static TokenChoice of(float[] logits, int chosen, int likeliest) {
    double greatest = logits[TokenSampler.likeliest(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - greatest);
    }
    double all = greatest + Math.log(sum);
    int[] best = BeamHypotheses.greatest(logits, Math.min(likeliest, logits.length));
    return new TokenChoice(
        new TokenLogProbability(chosen, logits[chosen] - all),
        Arrays.stream(best)
            .mapToObj(token -> new TokenLogProbability(token, logits[token] - all))
            .toList());
  }
}
