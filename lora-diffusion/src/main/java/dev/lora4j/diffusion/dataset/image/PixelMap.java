package dev.lora4j.diffusion.dataset.image;

import java.awt.image.BufferedImage;

/**
 * Pixels of one byte per channel, row by row, the channels of a pixel beside each other.
 *
 * @param channels 1 for masks, 3 for red, green, blue, 4 with alpha, which is not multiplied in
 * @param samples {@code width * height * channels} values of 0 to 255
 */
@SuppressWarnings("ArrayRecordComponent") // Pixels are worked on, never compared.
public record PixelMap(int width, int height, int channels, byte[] samples) {
  private static final int OPAQUE = 255;
  private static final int ALPHA = 3;

  /** Checks that the sizes fit each other. */
  public PixelMap {
    if (samples.length != (long) width * height * channels) {
      throw new IllegalArgumentException(
          samples.length + " samples for " + width + "x" + height + "x" + channels);
    }
  }

  /** Value of a channel, 0 to 255. */
  public int at(int x, int y, int channel) {
    return samples[(y * width + x) * channels + channel] & 0xff;
  }

  /**
   * Red, green and blue on a background, which shows through by alpha; the same pixels if there is
   * no alpha.
   *
   * @param background {@code 0xRRGGBB}
   */
  public PixelMap over(int background) {
    if (channels != ALPHA + 1) {
      return this;
    }
    byte[] rgb = new byte[width * height * ALPHA];
    for (int pixel = 0; pixel < width * height; pixel++) {
      int alpha = samples[pixel * channels + ALPHA] & 0xff;
      for (int c = 0; c < ALPHA; c++) {
        int own = samples[pixel * channels + c] & 0xff;
        int behind = background >> (16 - 8 * c) & 0xff;
        int sum = own * alpha + behind * (OPAQUE - alpha);
        rgb[pixel * ALPHA + c] = (byte) ((sum + OPAQUE / 2) / OPAQUE);
      }
    }
    return new PixelMap(width, height, ALPHA, rgb);
  }

  /** Image of the Java platform; one channel becomes gray. */
  public BufferedImage image() {
    boolean alpha = channels == ALPHA + 1;
    int last = channels == 1 ? 0 : 2;
    int type = alpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(width, height, type);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int colour = at(x, y, 0) << 16 | at(x, y, last / 2) << 8 | at(x, y, last);
        row[x] = (alpha ? at(x, y, ALPHA) : OPAQUE) << 24 | colour;
      }
      image.setRGB(0, y, width, 1, row, 0, width);
    }
    return image;
  }

  /** One channel alone. */
  public PixelMap channel(int channel) {
    byte[] one = new byte[width * height];
    for (int pixel = 0; pixel < one.length; pixel++) {
      one[pixel] = samples[pixel * channels + channel];
    }
    return new PixelMap(width, height, 1, one);
  }

  /**
   * The part of {@code w} x {@code h} pixels whose upper left corner is at {@code x}, {@code y}.
   */
  public PixelMap cropped(int x, int y, int w, int h) {
    byte[] part = new byte[w * h * channels];
    for (int row = 0; row < h; row++) {
      int from = ((y + row) * width + x) * channels;
      System.arraycopy(samples, from, part, row * w * channels, w * channels);
    }
    return new PixelMap(w, h, channels, part);
  }

  /** Mirrored left to right. */
  public PixelMap flipped() {
    byte[] mirrored = new byte[samples.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int from = (y * width + x) * channels;
        int to = (y * width + width - 1 - x) * channels;
        System.arraycopy(samples, from, mirrored, to, channels);
      }
    }
    return new PixelMap(width, height, channels, mirrored);
  }

  /** The channels as planes: all of the first, then all of the second, and so on. */
  public byte[] planes() {
    byte[] planes = new byte[samples.length];
    int pixels = width * height;
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int c = 0; c < channels; c++) {
        planes[c * pixels + pixel] = samples[pixel * channels + c];
      }
    }
    return planes;
  }
}
