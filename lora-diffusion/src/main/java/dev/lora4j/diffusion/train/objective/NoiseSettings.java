package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Techniques that change the noise of training. 0 leaves a technique out.
 *
 * <p>What sd-scripts draws or divides by for a whole batch is here each sample's own, so that a
 * sample's noise does not depend on what else is in its batch: the random strengths, and the
 * standard deviation by which multi-resolution noise is divided.
 *
 * @param offset share of noise that is constant over each channel, 0 to 1 ({@code noise_offset});
 *     lets an adapter change the brightness of whole pictures. Common is 0.03 to 0.1
 * @param offsetRandomStrength whether the share is drawn between 0 and {@code offset} ({@code
 *     noise_offset_random_strength})
 * @param adaptiveScale added to the offset per absolute mean of the latents' channel, -1 to 1
 *     ({@code adaptive_noise_scale}); the sum is at least 0
 * @param multiresIterations most levels of noise of lower resolutions, 0 to 16 ({@code
 *     multires_noise_iterations}). Common is 6 to 10
 * @param multiresDiscount weight of each level in terms of the one before, above 0 up to 1 ({@code
 *     multires_noise_discount})
 * @param inputPerturbation share of more noise in the network's input that it does not have to
 *     predict, 0 to 1 ({@code ip_noise_gamma}; Ning et al. 2023)
 * @param inputPerturbationRandomStrength whether that share is drawn between 0 and {@code
 *     inputPerturbation} ({@code ip_noise_gamma_random_strength})
 */
public record NoiseSettings(
    double offset,
    boolean offsetRandomStrength,
    double adaptiveScale,
    int multiresIterations,
    double multiresDiscount,
    double inputPerturbation,
    boolean inputPerturbationRandomStrength)
    implements Canonical {
  /** Standard normal noise. */
  public static final NoiseSettings PLAIN = new NoiseSettings(0, false, 0, 0, 0.3, 0, false);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with all that is out of range or without effect
   */
  public NoiseSettings {
    new SettingProblems()
        .within("noise_offset", offset, 0, 1)
        .within("adaptive_noise_scale", adaptiveScale, -1, 1)
        .within("multires_noise_iterations", multiresIterations, 0, 16)
        .that(
            multiresDiscount > 0 && multiresDiscount <= 1,
            "multires_noise_discount is " + multiresDiscount + "; it is above 0 and at most 1")
        .within("ip_noise_gamma", inputPerturbation, 0, 1)
        .that(
            adaptiveScale == 0 || offset > 0,
            "adaptive_noise_scale changes noise_offset, which is 0; give noise_offset too")
        .that(
            !offsetRandomStrength || offset > 0,
            "noise_offset_random_strength changes noise_offset, which is 0; give noise_offset too")
        .that(
            !inputPerturbationRandomStrength || inputPerturbation > 0,
            "ip_noise_gamma_random_strength changes ip_noise_gamma, which is 0; give"
                + " ip_noise_gamma too")
        .check();
  }

  /** Standard normal noise with an offset. */
  public static NoiseSettings offset(double offset) {
    return new NoiseSettings(offset, false, 0, 0, PLAIN.multiresDiscount, 0, false);
  }

  /** Noise of several resolutions. */
  public static NoiseSettings multires(int iterations, double discount) {
    return new NoiseSettings(0, false, 0, iterations, discount, 0, false);
  }

  /** The same, with a perturbed input. */
  public NoiseSettings withInputPerturbation(double gamma) {
    return new NoiseSettings(
        offset,
        offsetRandomStrength,
        adaptiveScale,
        multiresIterations,
        multiresDiscount,
        gamma,
        false);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("NoiseSettings")
        .with("offset", offset)
        .with("offsetRandomStrength", offsetRandomStrength)
        .with("adaptiveScale", adaptiveScale)
        .with("multiresIterations", multiresIterations)
        .with("multiresDiscount", multiresDiscount)
        .with("inputPerturbation", inputPerturbation)
        .with("inputPerturbationRandomStrength", inputPerturbationRandomStrength)
        .text();
  }
}
