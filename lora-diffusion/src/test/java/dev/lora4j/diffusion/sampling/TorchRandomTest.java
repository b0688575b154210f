package dev.lora4j.diffusion.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lora4j.diffusion.TinySd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against {@code torch.manual_seed(seed); torch.randn(n)}, from golden/tiny_sd.py. */
class TorchRandomTest {
  private static final float TOLERANCE = 1e-6f;

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 123456789012L})
  void drawsTheNormalsOfTorch(long seed) {
    try (TinySd golden = new TinySd()) {
      for (int n : new int[] {5, 15, 16, 17, 100, 4096}) {
        String name = "randn.%d.%d".formatted(seed, n);
        assertArrayEquals(golden.floats(name), new TorchRandom(seed).randn(n), TOLERANCE, name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 123456789012L})
  void drawsTheUniformsOfTorchExactly(long seed) {
    try (TinySd golden = new TinySd()) {
      String name = "rand.%d.40".formatted(seed);
      assertArrayEquals(golden.floats(name), new TorchRandom(seed).rand(40), name);
    }
  }

  /** The second of a scalar pair waits for the next scalar draw, across larger draws. */
  @Test
  void severalDrawsFromOneGenerator() {
    try (TinySd golden = new TinySd()) {
      TorchRandom random = new TorchRandom(7);
      int[] sizes = {5, 16, 3, 40, 2};
      for (int i = 0; i < sizes.length; i++) {
        String name = "randn.sequence" + i;
        assertArrayEquals(golden.floats(name), random.randn(sizes[i]), TOLERANCE, name);
      }
    }
  }
}
