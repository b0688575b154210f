package dev.lora4j.server.a1111;

import dev.lora4j.diffusion.dataset.image.PixelMap;
import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * How much each pixel may change.
 *
 * @param share [height, width], from 0 to 1
 */
@SuppressWarnings("ArrayRecordComponent") // Masks are worked on, never compared.
record SoftMask(int width, int height, float[] share) {
  private static final double RED = 0.299;
  private static final double GREEN = 0.587;
  private static final double BLUE = 0.114;
  private static final int MOST = 255;
  private static final int ALPHA = 3;
  private static final float HALF = 0.5f;

  /** Where a picture is light; or opaque, if it has transparent places. */
  static SoftMask of(PixelMap picture) {
    int pixels = picture.width() * picture.height();
    float[] share = new float[pixels];
    boolean transparent = false;
    for (int i = 0; picture.channels() > ALPHA && i < pixels; i++) {
      int alpha = picture.samples()[i * picture.channels() + ALPHA] & 0xff;
      share[i] = alpha > MOST / 2 ? 1 : 0;
      transparent |= alpha < MOST;
    }
    if (!transparent) {
      int last = picture.channels() == 1 ? 0 : 2;
      for (int i = 0; i < pixels; i++) {
        int at = i * picture.channels();
        double light =
            RED * (picture.samples()[at] & 0xff)
                + GREEN * (picture.samples()[at + last / 2] & 0xff)
                + BLUE * (picture.samples()[at + last] & 0xff);
        share[i] = (float) Math.min(1, light / MOST);
      }
    }
    return new SoftMask(picture.width(), picture.height(), share);
  }

  /** What this leaves. */
  SoftMask inverted() {
    float[] other = new float[share.length];
    for (int i = 0; i < other.length; i++) {
      other[i] = 1 - share[i];
    }
    return new SoftMask(width, height, other);
  }

  /** With softer edges. */
  SoftMask blurred(double across, double down) {
    float[] soft = share.clone();
    Blur.apply(soft, width, height, across, down);
    return new SoftMask(width, height, soft);
  }

  /** In another size. */
  SoftMask resized(ResizeMode mode, int w, int h) {
    return of(mode.resized(map(), w, h));
  }

  /** The part within a box. */
  SoftMask within(Box box) {
    return of(map().cropped(box.x(), box.y(), box.width(), box.height()));
  }

  private PixelMap map() {
    byte[] samples = new byte[share.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) Math.round(share[i] * MOST);
    }
    return new PixelMap(width, height, 1, samples);
  }

  /** Returns true if a pixel may change by more than half. */
  boolean open(int pixel) {
    return share[pixel] >= HALF;
  }

  /** White where a pixel may change, else black. */
  BufferedImage image() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < share.length; i++) {
      image.setRGB(i % width, i / width, open(i) ? 0xffffff : 0);
    }
    return image;
  }

  /** The smallest box around all that may change; none if nothing may. */
  Optional<Box> bounds() {
    int left = width;
    int top = height;
    int right = 0;
    int bottom = 0;
    for (int i = 0; i < share.length; i++) {
      if (share[i] > 0) {
        left = Math.min(left, i % width);
        right = Math.max(right, i % width + 1);
        top = Math.min(top, i / width);
        bottom = Math.max(bottom, i / width + 1);
      }
    }
    return right > left
        ? Optional.of(new Box(left, top, right - left, bottom - top))
        : Optional.empty();
  }
}
