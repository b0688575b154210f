package dev.lora4j.vision.data;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.diffusion.dataset.image.Resampling;
import java.util.List;

/**
 * Way of a picture to a network: it is resized so that its shorter side has {@code shorter} pixels,
 * its middle of {@code size} x {@code size} is cut out, and each channel has its mean taken from it
 * and is divided by its deviation.
 *
 * @param shorter pixels of the shorter side after resizing; 0 if both sides become {@code size},
 *     whatever they were
 * @param size height and width of what the network reads
 * @param window of the resizing, as Pillow's
 * @param halfToEven whether an odd row too many is cut off as torchvision does it, and not always
 *     below and at the right, as transformers does it
 * @param scale factor of the bytes
 * @param mean of each channel, from 0 to 1
 * @param deviation of each channel
 */
public record PicturePreparation(
    int shorter,
    int size,
    Resampling window,
    boolean halfToEven,
    double scale,
    List<Double> mean,
    List<Double> deviation)
    implements Canonical {
  /** Shorter side 256, the middle 224, statistics of ImageNet, as torchvision's. */
  public static final PicturePreparation IMAGENET =
      new PicturePreparation(
          256,
          224,
          Resampling.BILINEAR,
          true,
          1.0 / 255,
          List.of(0.485, 0.456, 0.406),
          List.of(0.229, 0.224, 0.225));

  private static final int CHANNELS = 3;

  /** Share of the shorter side that is looked at, as 224 of 256. */
  private static final double SHARE = 0.875;

  /** Checks the sizes. */
  public PicturePreparation {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (size < 1 || (shorter != 0 && shorter < size)) {
      throw new IllegalArgumentException(
          "A network reads a part of a picture: expected a shorter side of at least the size, found"
              + " "
              + shorter
              + " and "
              + size
              + ".");
    }
    if (mean.size() != CHANNELS
        || deviation.size() != CHANNELS
        || deviation.stream().anyMatch(d -> !(d > 0))) {
      throw new IllegalArgumentException(
          "Pictures have three channels, each with a mean and a deviation above 0; found "
              + mean
              + " and "
              + deviation
              + ".");
    }
  }

  /** The same for a network that reads squares of so many pixels. */
  public PicturePreparation sized(int other) {
    int side = shorter == 0 ? 0 : shorter == size ? other : (int) (other / SHARE);
    return new PicturePreparation(side, other, window, halfToEven, scale, mean, deviation);
  }

  /**
   * A picture resized, before a part of it is cut out: red, green and blue. Alpha is dropped, as
   * Pillow's {@code convert("RGB")} does.
   */
  public PixelMap resized(PixelMap picture) {
    PixelMap rgb = opaque(picture);
    if (shorter == 0) {
      return window.resize(rgb, size, size);
    }
    int width = rgb.width();
    int height = rgb.height();
    // Products of whole numbers first, as Python has them.
    return width <= height
        ? window.resize(rgb, shorter, (int) ((long) shorter * height / width))
        : window.resize(rgb, (int) ((long) shorter * width / height), shorter);
  }

  private static PixelMap opaque(PixelMap picture) {
    if (picture.channels() == CHANNELS) {
      return picture;
    }
    int pixels = picture.width() * picture.height();
    byte[] rgb = new byte[pixels * CHANNELS];
    for (int i = 0; i < pixels; i++) {
      for (int c = 0; c < CHANNELS; c++) {
        rgb[i * CHANNELS + c] =
            picture.samples()[i * picture.channels() + Math.min(c, picture.channels() - 1)];
      }
    }
    return new PixelMap(picture.width(), picture.height(), CHANNELS, rgb);
  }

  /** The middle of a resized picture. */
  public PixelMap middle(PixelMap resized) {
    return resized.cropped(
        begin(resized.width() - size), begin(resized.height() - size), size, size);
  }

  private int begin(int more) {
    return halfToEven ? (int) Math.rint(more / 2.0) : more / 2;
  }

  /** Input of the network from a part of {@code size} x {@code size}: planes red, green, blue. */
  public float[] values(PixelMap part) {
    int pixels = part.width() * part.height();
    float[] all = new float[CHANNELS * pixels];
    for (int c = 0; c < CHANNELS; c++) {
      float[] table = new float[256];
      for (int b = 0; b < table.length; b++) {
        table[b] = (float) ((b * scale - mean.get(c)) / deviation.get(c));
      }
      for (int i = 0; i < pixels; i++) {
        all[c * pixels + i] = table[part.samples()[i * CHANNELS + c] & 0xff];
      }
    }
    return all;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("PicturePreparation")
        .with("shorter", shorter)
        .with("size", size)
        .with("window", window.name())
        .with("halfToEven", halfToEven)
        .with("scale", scale)
        .with("mean", mean.toString())
        .with("deviation", deviation.toString())
        .text();
  }
}
