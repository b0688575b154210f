package dev.lora4j.text.generate;

/**
 * Settings of the choice of the next token, in the names and meanings of transformers' {@code
 * generate}. The settings act in the order in which they stand here.
 *
 * @param repetitionPenalty what logits of tokens that are there already are divided by, or
 *     multiplied with where negative (Keskar et al. 2019); 1 for nothing
 * @param temperature what logits are divided by; 0 for the likeliest token always
 * @param topK of how many of the likeliest tokens is drawn; 0 for all
 * @param topP the likeliest tokens that together have this probability are drawn from (Holtzman et
 *     al. 2019); 1 for all
 * @param minP tokens with less than this share of the likeliest one's probability are left out
 *     (Nguyen et al. 2024); 0 for none
 */
public record SamplingSettings(
    double repetitionPenalty, double temperature, int topK, double topP, double minP) {
  /** The likeliest token always. */
  public static final SamplingSettings GREEDY = new SamplingSettings(1, 0, 0, 1, 0);

  /** Checks ranges. */
  public SamplingSettings {
    require(repetitionPenalty > 0, "repetition_penalty", "above 0", repetitionPenalty);
    require(
        temperature >= 0 && temperature < 1e6, "temperature", "from 0 to below 1e6", temperature);
    require(topK >= 0, "top_k", "0 or more", topK);
    require(topP > 0 && topP <= 1, "top_p", "above 0 and at most 1", topP);
    require(minP >= 0 && minP <= 1, "min_p", "from 0 to 1", minP);
  }

  private static void require(boolean fits, String name, String expected, double found) {
    if (!fits) {
      throw new IllegalArgumentException(name + " is " + expected + ", found " + found);
    }
  }

  /** Drawing at this temperature. */
  public static SamplingSettings at(double temperature) {
    return new SamplingSettings(1, temperature, 0, 1, 0);
  }

  /** The same with a penalty for what is there already. */
  public SamplingSettings penalty(double other) {
    return new SamplingSettings(other, temperature, topK, topP, minP);
  }

  /** The same from so many of the likeliest tokens. */
  public SamplingSettings topK(int other) {
    return new SamplingSettings(repetitionPenalty, temperature, other, topP, minP);
  }

  /** The same from the likeliest tokens of this probability together. */
  public SamplingSettings topP(double other) {
    return new SamplingSettings(repetitionPenalty, temperature, topK, other, minP);
  }

  /** The same without tokens of less than this share of the likeliest one's probability. */
  public SamplingSettings minP(double other) {
    return new SamplingSettings(repetitionPenalty, temperature, topK, topP, other);
  }

  /** Returns true if tokens are drawn from the whole vocabulary. */
  boolean whole() {
    return topK == 0 && topP == 1 && minP == 0;
  }
}
