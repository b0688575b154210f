package dev.lora4j.text.generate;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Chooses a token by its logits: pure functions. */
final class TokenSampler {
  private static final float NEVER = Float.NEGATIVE_INFINITY;

  /** Below it the likeliest token is always drawn, and logits would come to be infinite. */
  private static final double COLDEST = 1e-6;

  private TokenSampler() {}

  /**
   * The next token.
   *
   * @param logits one for each token of the vocabulary; changed on the way
   * @param before the tokens that are there already
   * @param chance from 0 to below 1
   * @throws ArithmeticException if a logit is no number
   */
  static int of(float[] logits, int[] before, SamplingSettings settings, double chance) {
    penalise(logits, before, settings.repetitionPenalty());
    int likeliest = likeliest(logits);
    if (settings.temperature() < COLDEST) {
      return likeliest;
    }
    if (settings.whole()) {
      divide(logits, (float) settings.temperature());
      return new TokenDraw(logits, logits[likeliest]).of(chance);
    }
    int[] order = cut(logits, settings);
    return draw(shares(logits, order), order, chance);
  }

  /** The probability with which each token is drawn at a temperature above 0. */
  static double[] probabilities(float[] logits, int[] before, SamplingSettings settings) {
    penalise(logits, before, settings.repetitionPenalty());
    int[] order = cut(logits, settings);
    double[] share = shares(logits, order);
    double[] byToken = new double[logits.length];
    for (int i = 0; i < order.length; i++) {
      byToken[order[i]] = share[i];
    }
    return byToken;
  }

  /** Makes tokens that are not drawn impossible; tokens from the likeliest on. */
  private static int[] cut(float[] logits, SamplingSettings settings) {
    divide(logits, (float) settings.temperature());
    int[] order = order(logits);
    topK(logits, order, settings.topK());
    topP(logits, order, settings.topP());
    minP(logits, order, settings.minP());
    return order;
  }

  /** The first of the tokens with the greatest logit. */
  static int likeliest(float[] logits) {
    int best = 0;
    boolean numbers = true;
    for (int i = 0; i < logits.length; i++) {
      numbers &= !Float.isNaN(logits[i]);
      best = logits[i] > logits[best] ? i : best;
    }
    if (!numbers || Float.isInfinite(logits[best])) {
      throw new ArithmeticException(
          "The model's logits are not finite. Load it in F32, or look at its weights and adapters"
              + " with 'inspect'.");
    }
    return best;
  }

  /** Makes tokens that are there already less likely. */
  static void penalise(float[] logits, int[] before, double penalty) {
    if (penalty != 1) {
      for (int token : IntStream.of(before).distinct().toArray()) {
        float logit = logits[token];
        logits[token] = (float) (logit < 0 ? logit * penalty : logit / penalty);
      }
    }
  }

  /**
   * Logits as logarithms of probabilities, in place.
   *
   * @throws ArithmeticException if a logit is no number
   */
  static void logProbabilities(float[] logits) {
    double greatest = logits[likeliest(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - greatest);
    }
    double all = greatest + Math.log(sum);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (logits[i] - all);
    }
  }

  private static void divide(float[] logits, float temperature) {
    for (int i = 0; i < logits.length; i++) {
      logits[i] /= temperature;
    }
  }

  /**
   * Tokens from the likeliest on; of equal ones the first comes first. This is done for each token
   * over the whole vocabulary, so logits and tokens are sorted as numbers, not as objects.
   */
  private static int[] order(float[] logits) {
    long[] keys = new long[logits.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key(logits[i], i);
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  /**
   * A number by which tokens are sorted from the likeliest on, whose lower half is the token.
   *
   * @param logit no NaN
   */
  static long key(float logit, int token) {
    int bits = Float.floatToIntBits(logit + 0f);
    // Bits of floats as whole numbers in the order of the floats, the greatest first.
    int rising = bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
    return ((long) ~rising << Integer.SIZE) | token;
  }

  private static void topK(float[] logits, int[] order, int k) {
    if (k > 0 && k < order.length) {
      // Those that equal the last one that stays do too.
      float last = logits[order[k - 1]];
      for (int i = k; i < order.length; i++) {
        logits[order[i]] = logits[order[i]] < last ? NEVER : logits[order[i]];
      }
    }
  }

  /** The likeliest of all stays in any case. */
  private static void topP(float[] logits, int[] order, double p) {
    if (p < 1) {
      double[] share = shares(logits, order);
      double sum = 0;
      for (int i = 0; i < order.length; i++) {
        boolean kept = i == 0 || sum < p;
        sum += share[i];
        logits[order[i]] = kept ? logits[order[i]] : NEVER;
      }
    }
  }

  private static void minP(float[] logits, int[] order, double least) {
    if (least > 0) {
      double[] share = shares(logits, order);
      for (int i = 1; i < order.length; i++) {
        logits[order[i]] = share[i] < least * share[0] ? NEVER : logits[order[i]];
      }
    }
  }

  private static int draw(double[] share, int[] order, double chance) {
    double sum = 0;
    int last = 0;
    for (int i = 0; i < order.length && share[i] > 0; i++) {
      last = i;
      sum += share[i];
      if (chance < sum) {
        break;
      }
    }
    return order[last];
  }

  /** Probabilities in this order. */
  private static double[] shares(float[] logits, int[] order) {
    double[] share = new double[order.length];
    double sum = 0;
    double greatest = logits[order[0]];
    for (int i = 0; i < order.length; i++) {
      share[i] = Math.exp(logits[order[i]] - greatest);
      sum += share[i];
    }
    for (int i = 0; i < share.length; i++) {
      share[i] /= sum;
    }
    return share;
  }
}
