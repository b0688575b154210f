package dev.lora4j.text.generate;

/**
 * Log-probabilities that a request asks for with each token. They are those of the model: sampling
 * settings do not change them.
 *
 * @param chosen whether that of the chosen token
 * @param likeliest and those of how many of the likeliest tokens; 0 without that of the chosen one
 */
public record LogProbabilities(boolean chosen, int likeliest) {
  /** None. */
  public static final LogProbabilities NONE = new LogProbabilities(false, 0);

  /** Checks that the number is possible. */
  public LogProbabilities {
    if (likeliest < 0 || (!chosen && likeliest > 0)) {
      throw new IllegalArgumentException(
          "Log-probabilities are those of 0 or more likeliest tokens beside the chosen one, found "
              + likeliest
              + ".");
    }
  }

  /** Those of the chosen token and of so many of the likeliest, 0 or more. */
  public static LogProbabilities likeliest(int count) {
    return new LogProbabilities(true, count);
  }
}
