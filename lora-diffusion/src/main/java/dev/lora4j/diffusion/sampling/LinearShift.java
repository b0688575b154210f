package dev.lora4j.diffusion.sampling;

import dev.lora4j.core.identity.CanonicalForm;

/**
 * Shift that grows with the number of tokens on a straight line (Esser et al. 2024, section 5.3.2;
 * Black Forest Labs' FLUX.1). The names are those of {@code scheduler_config.json}.
 *
 * @param baseShift at {@code baseTokens}
 * @param maxShift at {@code maxTokens}; in between and beyond them on the straight line
 * @param baseTokens number of tokens of a small picture ({@code base_image_seq_len})
 * @param maxTokens number of tokens of a large one ({@code max_image_seq_len})
 * @param exponential whether these shifts are the logarithms of factors, or the factors themselves
 */
public record LinearShift(
    double baseShift, double maxShift, int baseTokens, int maxTokens, boolean exponential)
    implements SizeShift {
  /** The usual one, as diffusers and sd-scripts have it. */
  public static final LinearShift USUAL = new LinearShift(0.5, 1.15, 256, 4096, true);

  /** Checks that there is a line. */
  public LinearShift {
    if (baseTokens == maxTokens) {
      throw new IllegalArgumentException(
          "base_image_seq_len and max_image_seq_len are both " + baseTokens + "; they differ.");
    }
  }

  @Override
  public double factor(long tokens, int steps) {
    return trainingFactor(tokens);
  }

  @Override
  public double trainingFactor(long tokens) {
    double slope = (maxShift - baseShift) / (maxTokens - baseTokens);
    double shift = tokens * slope + (baseShift - slope * baseTokens);
    return exponential ? Math.exp(shift) : shift;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("SizeShift")
        .with("baseShift", baseShift)
        .with("maxShift", maxShift)
        .with("baseTokens", baseTokens)
        .with("maxTokens", maxTokens)
        .with("exponential", exponential)
        .text();
  }
}
