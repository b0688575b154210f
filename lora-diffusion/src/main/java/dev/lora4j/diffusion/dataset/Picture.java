package dev.lora4j.diffusion.dataset;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/**
 * A picture as a network sees it, with its caption.
 *
 * @param name where it came from, for messages
 * @param rgb three planes red, green, blue of {@code height * width} bytes each, row by row
 */
@SuppressWarnings("ArrayRecordComponent") // Pictures are drawn and stacked, never compared.
public record Picture(String name, String caption, int width, int height, byte[] rgb) {
  /**
   * Takes the pixels of an image, resized to cover {@code width} x {@code height} and cropped to
   * its middle, with transparent places on {@code background}.
   */
  public static Picture of(
      String name, String caption, BufferedImage image, int width, int height, Color background) {
    BufferedImage canvas = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    g.setColor(background);
    g.fillRect(0, 0, width, height);
    double scale = Math.max(width / (double) image.getWidth(), height / (double) image.getHeight());
    int w = (int) Math.round(image.getWidth() * scale);
    int h = (int) Math.round(image.getHeight() * scale);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    g.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
    g.drawImage(image, (width - w) / 2, (height - h) / 2, w, h, null);
    g.dispose();
    return new Picture(name, caption, width, height, planes(canvas));
  }

  private static byte[] planes(BufferedImage image) {
    int pixels = image.getWidth() * image.getHeight();
    int[] packed =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    byte[] rgb = new byte[3 * pixels];
    for (int i = 0; i < pixels; i++) {
      rgb[i] = (byte) (packed[i] >> 16);
      rgb[pixels + i] = (byte) (packed[i] >> 8);
      rgb[2 * pixels + i] = (byte) packed[i];
    }
    return rgb;
  }

  /** A copy, mirrored left to right. */
  public Picture flipped() {
    byte[] mirrored = new byte[rgb.length];
    for (int row = 0; row < 3 * height; row++) {
      for (int x = 0; x < width; x++) {
        mirrored[row * width + x] = rgb[row * width + width - 1 - x];
      }
    }
    return new Picture(name, caption, width, height, mirrored);
  }

  /** Its pixels as an image. */
  public BufferedImage image() {
    int plane = width * height;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < plane; i++) {
      int packed =
          (rgb[i] & 0xff) << 16 | (rgb[plane + i] & 0xff) << 8 | (rgb[2 * plane + i] & 0xff);
      image.setRGB(i % width, i / width, packed);
    }
    return image;
  }

  /** A copy with another caption. */
  public Picture captioned(String other) {
    return new Picture(name, other, width, height, rgb);
  }
}
