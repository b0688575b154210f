package dev.lora4j.core.train;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random numbers that depend only on their purpose: a seed and a few counters such as epoch, sample
 * and purpose. Nothing needs to be saved to resume, and no order of work changes a value.
 */
public final class SeededNoise {
  private final RandomGenerator random;

  private SeededNoise(RandomGenerator random) {
    this.random = random;
  }

  /** The numbers for these counters. */
  public static SeededNoise of(long seed, long... counters) {
    long key = mix(seed);
    for (long counter : counters) {
      key = mix(key ^ mix(counter + 0x9E3779B97F4A7C15L));
    }
    return new SeededNoise(new SplittableRandom(key));
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }

  /** Uniform in [0, 1). */
  public double uniform() {
    return random.nextDouble();
  }

  /** 64 bits, for the seed of others. */
  public long bits() {
    return random.nextLong();
  }

  /** Uniform in 0 .. {@code bound} - 1. */
  public int index(int bound) {
    return random.nextInt(bound);
  }

  /** Standard normal. */
  public double gaussian() {
    return random.nextGaussian();
  }

  /** Fills {@code target} from {@code from}, {@code count} values, standard normal. */
  public void gaussians(float[] target, int from, int count) {
    for (int i = 0; i < count; i++) {
      target[from + i] = (float) random.nextGaussian();
    }
  }

  /** A random order of 0 .. {@code n} - 1. */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
