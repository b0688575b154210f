package dev.lora4j.core.tensor.host;

/**
 * MT19937 of Matsumoto and Nishimura (1998), PyTorch's generator on CPUs: 624 words of state, 32
 * bits at a time.
 */
public final class MersenneTwister {
  private static final int SIZE = 624;
  private static final int SHIFT = 397;

  private final int[] state = new int[SIZE];
  private int at = SIZE;

  /** The generator of a seed. */
  public MersenneTwister(int seed) {
    state[0] = seed;
    for (int i = 1; i < SIZE; i++) {
      int before = state[i - 1];
      state[i] = 1812433253 * (before ^ (before >>> 30)) + i;
    }
  }

  /** The next 32 bits. */
  public int next() {
    if (at == SIZE) {
      twist();
      at = 0;
    }
    int y = state[at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  /** The next number as {@code torch.rand} gives it: uniform on [0, 1), in steps of 2^-24. */
  public float uniform() {
    return (next() & 0xffffff) * 0x1p-24f;
  }

  private void twist() {
    for (int i = 0; i < SIZE; i++) {
      int joined = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
      int odd = (joined & 1) == 0 ? 0 : 0x9908b0df;
      state[i] = state[(i + SHIFT) % SIZE] ^ (joined >>> 1) ^ odd;
    }
  }
}
