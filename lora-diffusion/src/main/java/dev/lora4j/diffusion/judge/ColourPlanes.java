package dev.lora4j.diffusion.judge;

import dev.lora4j.diffusion.dataset.Picture;

/**
 * One number for each pixel, row by row.
 *
 * @param at the numbers, {@code height * width} of them
 */
@SuppressWarnings("ArrayRecordComponent") // Scratch values, never compared.
record ColourPlanes(int width, int height, float[] at) {
  /** The luma of Rec. ITU-R BT.601, from 0 to 1. */
  static ColourPlanes luma(Picture picture) {
    byte[] rgb = picture.rgb();
    int plane = picture.width() * picture.height();
    float[] at = new float[plane];
    for (int i = 0; i < plane; i++) {
      at[i] =
          (0.299f * (rgb[i] & 0xff)
                  + 0.587f * (rgb[plane + i] & 0xff)
                  + 0.114f * (rgb[2 * plane + i] & 0xff))
              / 255;
    }
    return new ColourPlanes(picture.width(), picture.height(), at);
  }

  /** A channel, from 0 to 1. */
  static ColourPlanes channel(Picture picture, int channel) {
    byte[] rgb = picture.rgb();
    int plane = picture.width() * picture.height();
    float[] at = new float[plane];
    for (int i = 0; i < plane; i++) {
      at[i] = (rgb[channel * plane + i] & 0xff) / 255f;
    }
    return new ColourPlanes(picture.width(), picture.height(), at);
  }

  /** The number at a place; beyond an edge that of the edge. */
  float get(int x, int y) {
    int px = Math.max(0, Math.min(width - 1, x));
    int py = Math.max(0, Math.min(height - 1, y));
    return at[py * width + px];
  }

  /** Difference of the neighbours to the right and to the left. */
  float slopeX(int x, int y) {
    return get(x + 1, y) - get(x - 1, y);
  }

  /** Difference of the neighbours below and above. */
  float slopeY(int x, int y) {
    return get(x, y + 1) - get(x, y - 1);
  }

  /** Length of the slope. */
  double slope(int x, int y) {
    float dx = slopeX(x, y);
    float dy = slopeY(x, y);
    return Math.sqrt(dx * dx + dy * dy);
  }

  /** Means of squares of {@code by} pixels; what is left over at the edges is dropped. */
  ColourPlanes shrunk(int by) {
    int w = width / by;
    int h = height / by;
    float[] means = new float[w * h];
    for (int y = 0; y < h * by; y++) {
      for (int x = 0; x < w * by; x++) {
        means[y / by * w + x / by] += at[y * width + x] / (by * by);
      }
    }
    return new ColourPlanes(w, h, means);
  }
}
