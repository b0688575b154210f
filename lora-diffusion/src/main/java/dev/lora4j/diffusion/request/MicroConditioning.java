package dev.lora4j.diffusion.request;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Size conditioning of Stable Diffusion XL, beside the text (Podell et al. 2023, section 2.2).
 *
 * @param sizes with the text
 * @param negative without it; the same if absent
 */
public record MicroConditioning(Sizes sizes, Optional<Sizes> negative) {
  /** The picture as large as it is, with nothing cut off. */
  public static final MicroConditioning OWN = new MicroConditioning(Sizes.OWN, Optional.empty());

  /**
   * Sizes in pixels.
   *
   * @param originalWidth of the picture before it was made smaller; 0 for that of the picture made
   * @param originalHeight as the width
   * @param cropTop what was cut off above
   * @param cropLeft what was cut off at the left
   * @param targetWidth of the picture after that; 0 for that of the picture made
   * @param targetHeight as the width
   */
  public record Sizes(
      int originalWidth,
      int originalHeight,
      int cropTop,
      int cropLeft,
      int targetWidth,
      int targetHeight) {
    /** The sizes of the generated picture. */
    public static final Sizes OWN = new Sizes(0, 0, 0, 0, 0, 0);

    /** Checks that none is negative, and that widths come with heights. */
    public Sizes {
      int[] all = {originalWidth, originalHeight, cropTop, cropLeft, targetWidth, targetHeight};
      if (Arrays.stream(all).anyMatch(v -> v < 0)) {
        throw new IllegalArgumentException(
            "The sizes to tell must not be negative, found " + Arrays.toString(all) + ".");
      }
      if ((originalWidth == 0) != (originalHeight == 0)
          || (targetWidth == 0) != (targetHeight == 0)) {
        throw new IllegalArgumentException(
            "A width to tell needs a height, found " + Arrays.toString(all) + ".");
      }
    }

    /** A copy with another size of the original. */
    public Sizes original(int width, int height) {
      return new Sizes(width, height, cropTop, cropLeft, targetWidth, targetHeight);
    }

    /** A copy with so much cut off above and at the left. */
    public Sizes crop(int top, int left) {
      return new Sizes(originalWidth, originalHeight, top, left, targetWidth, targetHeight);
    }

    /** A copy with another size of the target. */
    public Sizes target(int width, int height) {
      return new Sizes(originalWidth, originalHeight, cropTop, cropLeft, width, height);
    }

    /** Numbers of the size conditioning in its order: heights before widths. */
    float[] row(int width, int height) {
      boolean original = originalWidth > 0;
      boolean target = targetWidth > 0;
      return new float[] {
        original ? originalHeight : height,
        original ? originalWidth : width,
        cropTop,
        cropLeft,
        target ? targetHeight : height,
        target ? targetWidth : width
      };
    }
  }

  /** The same sizes with the text and without it. */
  public static MicroConditioning of(Sizes sizes) {
    return new MicroConditioning(sizes, Optional.empty());
  }

  /** A copy with other sizes without the text. */
  public MicroConditioning negative(Sizes other) {
    return new MicroConditioning(sizes, Optional.of(other));
  }

  /**
   * Size conditioning of each row of a batch.
   *
   * @param guided whether a row without the text comes before the one with it
   * @param width of the picture made
   * @param height of the picture made
   * @return [rows, 6] in row-major order
   */
  public float[] rows(boolean guided, int width, int height) {
    float[] with = sizes.row(width, height);
    if (!guided) {
      return with;
    }
    float[] without = negative.orElse(sizes).row(width, height);
    float[] both = Arrays.copyOf(without, without.length + with.length);
    System.arraycopy(with, 0, both, without.length, with.length);
    return both;
  }

  /** Refuses size conditioning for a base that is no Stable Diffusion XL. */
  public static void requireKnown(MicroConditioning micro, Path base, boolean xl) {
    if (!xl && !micro.equals(OWN)) {
      throw new IllegalArgumentException(
          base + " is no Stable Diffusion XL, so it cannot be told sizes; leave them out.");
    }
  }
}
