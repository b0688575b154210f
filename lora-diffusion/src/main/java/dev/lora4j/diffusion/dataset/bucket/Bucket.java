package dev.lora4j.diffusion.dataset.bucket;

import dev.lora4j.core.identity.Canonical;

/**
 * A size in which pictures are trained; a batch holds pictures of one bucket.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record Bucket(int width, int height) implements Comparable<Bucket>, Canonical {
  /** Width over height. */
  public double aspect() {
    return width / (double) height;
  }

  /** True if both sides are multiples of {@code unit}. */
  public boolean multipleOf(int unit) {
    return width % unit == 0 && height % unit == 0;
  }

  /** Orders by width, then by height. */
  @Override
  public int compareTo(Bucket other) {
    return width == other.width
        ? Integer.compare(height, other.height)
        : Integer.compare(width, other.width);
  }

  @Override
  public String canonical() {
    return width + "x" + height;
  }

  @Override
  public String toString() {
    return canonical();
  }
}
