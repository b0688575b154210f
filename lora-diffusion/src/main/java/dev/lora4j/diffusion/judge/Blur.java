package dev.lora4j.diffusion.judge;

import dev.lora4j.diffusion.dataset.Picture;

/** Pictures whose pixels became means of squares around them. */
final class Blur {
  private Blur() {}

  /** Replaces each pixel by the mean of those at most {@code radius} away in both directions. */
  static Picture of(Picture picture, int radius) {
    if (radius == 0) {
      return picture;
    }
    int width = picture.width();
    int height = picture.height();
    byte[] rgb = picture.rgb();
    byte[] blurred = new byte[rgb.length];
    for (int row = 0; row < 3 * height; row++) {
      int top = row / height * height;
      for (int x = 0; x < width; x++) {
        int sum = 0;
        int count = 0;
        for (int y = Math.max(top, row - radius);
            y <= Math.min(top + height - 1, row + radius);
            y++) {
          for (int i = Math.max(0, x - radius); i <= Math.min(width - 1, x + radius); i++) {
            sum += rgb[y * width + i] & 0xff;
            count++;
          }
        }
        blurred[row * width + x] = (byte) ((sum + count / 2) / count);
      }
    }
    return new Picture(picture.name(), picture.caption(), width, height, blurred);
  }
}
