package dev.lora4j.studio.dataset;

import dev.lora4j.diffusion.dataset.image.Orientation;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** A picture made small to be looked at, in a fraction of the time of the exact way. */
final class SmallPicture {
  /** More samples for each pixel of the small one show no difference. */
  private static final int MOST_SAMPLES = 4;

  private SmallPicture() {}

  /**
   * JPEG of a picture, upright and on white.
   *
   * @param side the longest in pixels; smaller pictures keep their size
   * @throws dev.lora4j.diffusion.dataset.image.PictureFileException if it is none
   */
  static byte[] jpeg(PictureFile file, int side) {
    Orientation turn = file.header().orientation();
    BufferedImage stored = file.stored();
    double scale = Math.min(1, side / (double) Math.max(stored.getWidth(), stored.getHeight()));
    int width = (int) Math.max(1, Math.round(stored.getWidth() * scale));
    int height = (int) Math.max(1, Math.round(stored.getHeight() * scale));
    int samples = (int) Math.min(MOST_SAMPLES, Math.max(1, Math.floor(1 / scale)));
    BufferedImage drawn = drawn(stored, width * samples, height * samples);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(turn.upright(means(drawn, samples)).image(), "jpeg", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is written to a disk
    }
    return out.toByteArray();
  }

  private static BufferedImage drawn(BufferedImage stored, int width, int height) {
    BufferedImage canvas = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, width, height);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.drawImage(stored, 0, 0, width, height, null);
    g.dispose();
    return canvas;
  }

  /** Means of squares of pixels. */
  private static PixelMap means(BufferedImage image, int side) {
    int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    int width = image.getWidth() / side;
    int height = image.getHeight() / side;
    byte[] means = new byte[width * height * 3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int i = 0; i < side * side; i++) {
          int pixel = pixels[(y * side + i / side) * image.getWidth() + x * side + i % side];
          red += pixel >> 16 & 0xff;
          green += pixel >> 8 & 0xff;
          blue += pixel & 0xff;
        }
        int at = (y * width + x) * 3;
        means[at] = (byte) (red / (side * side));
        means[at + 1] = (byte) (green / (side * side));
        means[at + 2] = (byte) (blue / (side * side));
      }
    }
    return new PixelMap(width, height, 3, means);
  }
}
