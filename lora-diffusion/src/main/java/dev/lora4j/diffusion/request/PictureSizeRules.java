package dev.lora4j.diffusion.request;

import java.util.LinkedHashSet;
import java.util.Set;

/** The sides that pictures of a base may have. */
public final class PictureSizeRules {
  /** Beyond this the values of a picture no longer fit into one array of Java's. */
  static final int LONGEST = 16_384;

  private PictureSizeRules() {}

  /**
   * Checks a size; 0 is the base's own.
   *
   * @param unit what sides are multiples of, in pixels
   * @param longest the greatest side that the base has positions for, in pixels
   * @throws IllegalArgumentException naming what works
   */
  public static void require(int unit, int longest, int width, int height) {
    if (Math.max(width, height) > longest) {
      throw new IllegalArgumentException(
          "This base has positions for pictures of up to "
              + longest
              + " pixels a side, found "
              + width
              + "x"
              + height
              + "; take a smaller size.");
    }
    require(unit, width, height);
  }

  /**
   * Checks a size; 0 is the base's own.
   *
   * @param unit what sides are multiples of, in pixels
   * @throws IllegalArgumentException naming the nearest sizes that work
   */
  public static void require(int unit, int width, int height) {
    if (width % unit == 0 && height % unit == 0) {
      return;
    }
    Set<String> near = new LinkedHashSet<>();
    for (int h : new int[] {below(unit, height), above(unit, height)}) {
      for (int w : new int[] {below(unit, width), above(unit, width)}) {
        near.add(w + "x" + h);
      }
    }
    throw new IllegalArgumentException(
        "This base makes pictures whose sides are multiples of "
            + unit
            + " pixels, found "
            + width
            + "x"
            + height
            + "; the nearest are "
            + String.join(", ", near)
            + ".");
  }

  /** The largest multiple of {@code unit} that is not larger, or {@code unit}. */
  static int below(int unit, int side) {
    return Math.max(unit, side / unit * unit);
  }

  private static int above(int unit, int side) {
    return side % unit == 0 ? side : below(unit, side) + (side < unit ? 0 : unit);
  }
}
