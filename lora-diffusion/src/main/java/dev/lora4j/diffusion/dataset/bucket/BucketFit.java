package dev.lora4j.diffusion.dataset.bucket;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Fit of a picture into its bucket: a resize to a size that covers the bucket, and a crop.
 *
 * @param bucket the size it is trained in
 * @param width what it is resized to, in pixels, no less than the bucket's
 * @param height what it is resized to
 * @param scale size after resizing over size before
 */
public record BucketFit(Bucket bucket, int width, int height, double scale) implements Canonical {
  /** Share of the picture's area that is trained on, 0 to 1. */
  public double keptArea() {
    return (double) bucket.width() * bucket.height() / ((double) width * height);
  }

  /** Columns that are cut off, on both sides together. */
  public int spareX() {
    return width - bucket.width();
  }

  /** Rows that are cut off, above and below together. */
  public int spareY() {
    return height - bucket.height();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Fit")
        .with("bucket", bucket)
        .with("width", width)
        .with("height", height)
        .with("scale", scale)
        .text();
  }
}
