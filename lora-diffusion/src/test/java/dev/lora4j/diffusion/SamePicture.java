package dev.lora4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * Pictures by the same numbers from other files. Weights are used where they lie in a file, and
 * some processors round products by how that is aligned: one pixel of a hundred may differ by one
 * of the 256 levels of a channel.
 */
public final class SamePicture {
  private SamePicture() {}

  /** Returns true if few pixels, as RGB, differ, and none by more than a level of a channel. */
  public static boolean is(int[] expected, int[] found) {
    assertEquals(expected.length, found.length, "pixels");
    int others = 0;
    for (int i = 0; i < expected.length; i++) {
      others += expected[i] == found[i] ? 0 : 1;
      for (int shift = 0; shift < 24; shift += 8) {
        if (Math.abs(((expected[i] >> shift) & 255) - ((found[i] >> shift) & 255)) > 1) {
          return false;
        }
      }
    }
    return others <= expected.length / 100;
  }

  /** Fails unless {@link #is}. */
  public static void assertSame(int[] expected, int[] found) {
    if (!is(expected, found)) {
      fail("the pictures are others");
    }
  }
}
