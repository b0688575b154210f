package dev.lora4j.diffusion.train;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;

/**
 * Noisy latents, and the target of the network for them.
 *
 * @param noisy the network's input
 * @param target its target
 */
public record NoisyLatents(Expr noisy, Expr target) {
  /**
   * Adds noise (Ho et al. 2020, equation 4; Lipman et al. 2023, equation 20 for a flow).
   *
   * @param latents scaled latents [batch, channels, h, w]
   * @param noise standard normal, of the same shape
   * @param alphaCumprod share of variance left, [batch]
   */
  public static NoisyLatents of(
      Expr latents, Expr noise, Expr alphaCumprod, Prediction prediction) {
    Expr signal = alphaCumprod.sqrt();
    Expr share =
        prediction == Prediction.FLOW ? signal.neg().add(1) : alphaCumprod.neg().add(1).sqrt();
    return of(latents, noise, noise, signal, share, prediction);
  }

  /**
   * Adds noise, with different noise in the input and in the target.
   *
   * @param latents scaled latents [batch, channels, h, w]
   * @param noise what the target is made of, of the same shape
   * @param seen what the network's input is made of, of the same shape
   * @param signal what latents are multiplied by, [batch]
   * @param share what noise is multiplied by, [batch]
   */
  public static NoisyLatents of(
      Expr latents, Expr noise, Expr seen, Expr signal, Expr share, Prediction prediction) {
    Expr kept = signal.reshape(-1, 1, 1, 1);
    Expr sigma = share.reshape(-1, 1, 1, 1);
    Expr noisy = kept.mul(latents).add(sigma.mul(seen));
    Expr target =
        switch (prediction) {
          case EPSILON -> noise;
          case V_PREDICTION -> kept.mul(noise).sub(sigma.mul(latents));
          case FLOW -> noise.sub(latents);
        };
    return new NoisyLatents(noisy, target);
  }

  /**
   * Mean squared error per sample, weighted, then the mean of the batch.
   *
   * @param predicted F32 [batch, channels, h, w]
   * @param weight F32 [batch]
   */
  public Expr loss(Expr predicted, Expr weight) {
    Expr perSample = predicted.sub(target).pow(2).mean(1, 2, 3).reshape(-1);
    return perSample.mul(weight).mean();
  }
}
