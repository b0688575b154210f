package dev.lora4j.diffusion.sampling;

/**
 * One level of noise that a run visits: latents there are {@code signal} times a picture's plus
 * {@code noise} times standard normal numbers.
 *
 * @param signal from 0 to 1
 * @param noise from 0 to 1
 * @param timestep the network's input for this level in training
 */
public record NoiseLevel(double signal, double noise, double timestep) {
  /** The level without noise. */
  public static final NoiseLevel CLEAN = new NoiseLevel(1, 0, 0);

  /**
   * The level of variance 1 (signal and noise squared) at which there is {@code sigma} times as
   * much noise as signal.
   */
  public static NoiseLevel ofSigma(double sigma, double timestep) {
    double signal = 1 / Math.sqrt(sigma * sigma + 1);
    return new NoiseLevel(signal, sigma * signal, timestep);
  }

  /** Noise per signal; infinite where there is no signal. */
  public double sigma() {
    return noise / signal;
  }

  /** Logarithm of signal per noise; infinite at either end. */
  double logSnr() {
    return Math.log(signal) - Math.log(noise);
  }
}
