package dev.lora4j.diffusion.judge;

import dev.lora4j.diffusion.dataset.Picture;
import java.util.Arrays;
import java.util.List;

/** Pictures that a good score must be better than, as they need no adapter. */
public final class ControlPictures {
  private ControlPictures() {}

  /** The picture without its colours: the luma of Rec. ITU-R BT.601 in each channel. */
  public static Picture desaturated(Picture picture) {
    byte[] rgb = picture.rgb();
    int plane = picture.width() * picture.height();
    byte[] grey = new byte[rgb.length];
    for (int i = 0; i < plane; i++) {
      double luma =
          0.299 * (rgb[i] & 0xff)
              + 0.587 * (rgb[plane + i] & 0xff)
              + 0.114 * (rgb[2 * plane + i] & 0xff);
      byte level = (byte) Math.round(luma);
      grey[i] = level;
      grey[plane + i] = level;
      grey[2 * plane + i] = level;
    }
    return new Picture(picture.name(), picture.caption(), picture.width(), picture.height(), grey);
  }

  /**
   * The mean of pictures of one size, level by level.
   *
   * @throws IllegalArgumentException if there are none, or they differ in size
   */
  public static Picture mean(List<Picture> pictures) {
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException("There is no mean of no pictures; give at least one.");
    }
    Picture first = pictures.get(0);
    long[] sums = new long[first.rgb().length];
    for (Picture picture : pictures) {
      requireSameSize(first, picture);
      byte[] rgb = picture.rgb();
      for (int i = 0; i < rgb.length; i++) {
        sums[i] += rgb[i] & 0xff;
      }
    }
    byte[] mean = new byte[sums.length];
    for (int i = 0; i < sums.length; i++) {
      mean[i] = (byte) Math.round(sums[i] / (double) pictures.size());
    }
    return new Picture("mean", "", first.width(), first.height(), mean);
  }

  /** A white page. */
  public static Picture blank(int width, int height) {
    byte[] white = new byte[3 * width * height];
    Arrays.fill(white, (byte) 255);
    return new Picture("blank", "", width, height, white);
  }

  static void requireSameSize(Picture a, Picture b) {
    if (a.width() != b.width() || a.height() != b.height()) {
      throw new IllegalArgumentException(
          "Pictures to be compared must be of one size, but %s has %dx%d pixels and %s %dx%d."
              .formatted(a.name(), a.width(), a.height(), b.name(), b.width(), b.height()));
    }
  }
}
