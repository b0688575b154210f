package dev.lora4j.studio.library;

import dev.lora4j.diffusion.dataset.image.Lanczos;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PictureHeader;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.diffusion.record.PngFile;
import java.awt.image.BufferedImage;
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
 * reaches a page.
 *
 * @param type media type
 * @param bytes of the encoded picture, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Thumbnails are not compared.
public record Thumbnail(String type, byte[] bytes) {
  /** Longer side of what is made. */
  private static final int SIDE = 512;

  /** Up to this side pixels are seen one by one. */
  private static final int SMALL = 256;

  private static final long MOST_PIXELS = 1L << 25;
  private static final int WHITE = 255;
  private static final float QUALITY = 0.85f;

  /** Unpacked pixels take more memory than anything else that a page asks for. */
  private static final Semaphore UNPACKING = new Semaphore(2);

  /**
   * The thumbnail of a file's content.
   *
   * @throws IllegalArgumentException if it is no picture, or too large; the message goes on after
   *     the name of the file
   */
  public static Thumbnail of(byte[] content) {
    try {
      return unpacked(content);
    } catch (PictureFileException e) {
      throw new IllegalArgumentException(e.sentence(), e);
    }
  }

  private static Thumbnail unpacked(byte[] content) {
    PictureFile file = PictureFile.of(content);
    PictureHeader header = file.header();
    if ((long) header.width() * header.height() > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "has "
              + header.width()
              + "x"
              + header.height()
              + " pixels; up to "
              + MOST_PIXELS
              + " are shown. Make it smaller.");
    }
    UNPACKING.acquireUninterruptibly();
    try {
      PixelMap pixels = file.decode().over(WHITE);
      int longer = Math.max(pixels.width(), pixels.height());
      if (longer > SIDE) {
        pixels =
            Lanczos.resize(pixels, scaled(pixels.width(), longer), scaled(pixels.height(), longer));
      }
      return longer <= SMALL
          ? new Thumbnail("image/png", PngFile.bytes(pixels.image(), Map.of()))
          : new Thumbnail("image/jpeg", jpeg(pixels.image()));
    } finally {
      UNPACKING.release();
    }
  }

  private static int scaled(int side, int longer) {
    return Math.max(1, Math.round((float) side * SIDE / longer));
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
