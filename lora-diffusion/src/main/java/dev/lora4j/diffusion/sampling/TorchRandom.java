package dev.lora4j.diffusion.sampling;

import dev.lora4j.core.tensor.host.MersenneTwister;

/**
 * PyTorch's CPU generator: after {@code new TorchRandom(seed)} the numbers are those that {@code
 * torch.manual_seed(seed)} gives, so a seed that was published with a picture starts from the same
 * noise here.
 *
 * <p>PyTorch itself differs from one processor to another in the last bits, because its vector
 * units have their own logarithm and cosine; so {@link #randn} agrees to about 1e-6, and {@link
 * #rand} exactly. The order of draws counts: PyTorch fills 16 or more numbers by another method
 * than fewer.
 *
 * <p>Not safe for several threads.
 */
public final class TorchRandom {
  private static final double TWO_PI = 2 * Math.PI;

  /** Below this many numbers PyTorch draws them one by one, in double. */
  private static final int LANES = 16;

  private final MersenneTwister bits;

  /** The second normal of the last pair, if it is still to be used. */
  private double spare;

  private boolean hasSpare;

  /** A generator in the state after {@code torch.manual_seed(seed)}; the lower 32 bits count. */
  public TorchRandom(long seed) {
    bits = new MersenneTwister((int) seed);
  }

  /** The same as {@code torch.rand(n)}: uniform on [0, 1), in steps of 2^-24. */
  public float[] rand(int n) {
    float[] values = new float[n];
    fillUniform(values, 0, n);
    return values;
  }

  /** The same as {@code torch.randn(n)}: standard normal. A tensor's shape does not matter. */
  public float[] randn(int n) {
    float[] values = new float[n];
    if (n < LANES) {
      for (int i = 0; i < n; i++) {
        values[i] = (float) normal();
      }
      return values;
    }
    fillUniform(values, 0, n);
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      boxMuller(values, i);
    }
    if (whole < n) { // the last 16 are drawn again, over some that were already normal
      fillUniform(values, n - LANES, n);
      boxMuller(values, n - LANES);
    }
    return values;
  }

  private void fillUniform(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = bits.uniform();
    }
  }

  /** Eight uniform pairs, eight places apart, become eight normal pairs (Box and Muller 1958). */
  private static void boxMuller(float[] values, int from) {
    for (int i = from; i < from + LANES / 2; i++) {
      float u1 = 1 - values[i]; // (0, 1], so that the logarithm is finite
      float u2 = values[i + LANES / 2];
      float radius = (float) Math.sqrt(-2 * (float) Math.log(u1));
      float angle = (float) TWO_PI * u2; // as the vector units have it: rounded twice
      values[i] = radius * (float) Math.cos(angle);
      values[i + LANES / 2] = radius * (float) Math.sin(angle);
    }
  }

  private double normal() {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    double u1 = uniform();
    double u2 = uniform();
    double radius = Math.sqrt(-2 * Math.log1p(-u2));
    spare = radius * Math.sin(TWO_PI * u1);
    hasSpare = true;
    return radius * Math.cos(TWO_PI * u1);
  }

  /** Uniform on [0, 1) in steps of 2^-53. */
  private double uniform() {
    long high = bits.next() & 0xffffffffL;
    long low = bits.next() & 0xffffffffL;
    return (((high << 32) | low) & ((1L << 53) - 1)) * 0x1p-53;
  }
}
