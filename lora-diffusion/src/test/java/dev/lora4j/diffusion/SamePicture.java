package dev.lora4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * Pictures by the same numbers from other files. Weights are used where they lie in a file, and
 * some processors round products by how that is aligned: a channel may differ by one of its 256
 * levels.
 */
public final class SamePicture {
  private SamePicture() {}

  /** Returns true if no channel of a pixel, as RGB, differs by more than a level. */
  public static boolean is(int[] expected, int[] found) {
    assertEquals(expected.length, found.length, "pixels");
    for (int i = 0; i < expected.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        if (Math.abs(((expected[i] >> shift) & 255) - ((found[i] >> shift) & 255)) > 1) {
          return false;
        }
      }
    }
    return true;
  }

  /** Fails where a channel differs by more than a level. */
  public static void assertSame(int[] expected, int[] found) {
    if (!is(expected, found)) {
      fail("the pictures are others");
    }
  }
}
