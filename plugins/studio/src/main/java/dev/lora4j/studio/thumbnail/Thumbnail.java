package dev.lora4j.studio.thumbnail;

import dev.lora4j.diffusion.dataset.image.Orientation;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.diffusion.record.PngFile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A picture of whatever file, made small and encoded anew, so that nothing of the file itself
 * reaches a page. It is upright and on white.
 *
 * @param bytes of the encoded picture, PNG or JPEG, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Thumbnails are not compared.
public record Thumbnail(byte[] bytes) {
  /** More samples for each pixel of the small one show no difference. */
  private static final int MOST_SAMPLES = 4;

  /** Up to this side pixels are seen one by one. */
  private static final int SHARP = 128;

  private static final byte PNG = (byte) 0x89;
  private static final float QUALITY = 0.85f;

  /** Unpacked pixels take more memory than anything else that a page asks for. */
  private static final Semaphore UNPACKING = new Semaphore(2);

  /**
   * The thumbnail of a picture.
   *
   * @param side the longest in pixels; smaller pictures keep their size
   * @throws dev.lora4j.diffusion.dataset.image.PictureFileException if it is none
   */
  public static Thumbnail of(PictureFile file, int side) {
    UNPACKING.acquireUninterruptibly();
    try {
      Orientation turn = file.header().orientation();
      BufferedImage image = turn.upright(shrunk(file.stored(), side)).image();
      return new Thumbnail(
          Math.max(image.getWidth(), image.getHeight()) <= SHARP
              ? PngFile.bytes(image, Map.of())
              : jpeg(image));
    } finally {
      UNPACKING.release();
    }
  }

  /** Its media type. */
  public String type() {
    return bytes.length > 0 && bytes[0] == PNG ? "image/png" : "image/jpeg";
  }

  /** In a fraction of the time of the exact way. */
  private static PixelMap shrunk(BufferedImage stored, int side) {
    double scale = Math.min(1, side / (double) Math.max(stored.getWidth(), stored.getHeight()));
    int width = (int) Math.max(1, Math.round(stored.getWidth() * scale));
    int height = (int) Math.max(1, Math.round(stored.getHeight() * scale));
    int samples = (int) Math.min(MOST_SAMPLES, Math.max(1, Math.floor(1 / scale)));
    return means(drawn(stored, width * samples, height * samples), samples);
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

  private static byte[] jpeg(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, List.of(), null), settings);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode the picture as JPEG.", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
