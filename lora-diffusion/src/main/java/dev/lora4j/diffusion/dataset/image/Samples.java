package dev.lora4j.diffusion.dataset.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** Takes the pixels out of the Java platform's images, in any storage. */
final class Samples {
  private Samples() {}

  static PixelMap of(BufferedImage image) {
    ColorModel model = image.getColorModel();
    // An indexed picture counts with transparency if an entry of its palette does.
    boolean alpha = model.hasAlpha();
    if (model instanceof IndexColorModel) {
      return packed(image, alpha);
    }
    if (model.getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
      return gray(image, alpha);
    }
    boolean standard = model.getColorSpace().isCS_sRGB();
    return packed(standard ? image : converted(image, alpha), alpha);
  }

  private static BufferedImage converted(BufferedImage image, boolean alpha) {
    int type = alpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage standard = new BufferedImage(image.getWidth(), image.getHeight(), type);
    return new ColorConvertOp(null).filter(image, standard);
  }

  private static PixelMap packed(BufferedImage image, boolean alpha) {
    int width = image.getWidth();
    int channels = alpha ? 4 : 3;
    byte[] samples = new byte[width * image.getHeight() * channels];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        samples[at++] = (byte) (argb >> 16);
        samples[at++] = (byte) (argb >> 8);
        samples[at++] = (byte) argb;
        if (alpha) {
          samples[at++] = (byte) (argb >>> 24);
        }
      }
    }
    return new PixelMap(width, image.getHeight(), channels, samples);
  }

  /**
   * Gray values as they are stored. The platform takes them for linear light and would brighten
   * them, while the files mean the curve of sRGB.
   */
  private static PixelMap gray(BufferedImage image, boolean alpha) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    int bands = raster.getNumBands();
    int channels = alpha ? 4 : 3;
    int largest = (1 << image.getColorModel().getComponentSize(0)) - 1;
    byte[] samples = new byte[width * image.getHeight() * channels];
    int[] row = new int[width * bands];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        byte value = octet(row[x * bands], largest);
        samples[at++] = value;
        samples[at++] = value;
        samples[at++] = value;
        if (alpha) {
          samples[at++] = octet(row[x * bands + 1], largest);
        }
      }
    }
    return new PixelMap(width, image.getHeight(), channels, samples);
  }

  private static byte octet(int value, int largest) {
    return (byte) ((value * 255L + largest / 2) / largest);
  }
}
