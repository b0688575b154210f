package dev.lora4j.diffusion.judge;

import dev.lora4j.diffusion.dataset.Picture;
import java.util.List;

/**
 * Distance of two pictures: the root of the mean squared difference of their levels, after each was
 * reduced to the means of its cells of {@value #CELL}x{@value #CELL} pixels. From 0 to 1, which is
 * black from white.
 *
 * <p>The means forgive that a line lies a pixel beside its place. Nothing in it was learnt, and it
 * knows no styles.
 */
public final class PictureDistance {
  /** Height and width of a cell, in pixels. */
  public static final int CELL = 4;

  private PictureDistance() {}

  /**
   * The distance.
   *
   * @throws IllegalArgumentException if the pictures differ in size
   */
  public static double between(Picture a, Picture b) {
    ControlPictures.requireSameSize(a, b);
    return between(cells(a), cells(b));
  }

  /** The mean distance of all pairs; 0 for one picture. */
  public static double variety(List<Picture> pictures) {
    List<float[]> all = pictures.stream().map(PictureDistance::cells).toList();
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < i; j++) {
        sum += between(all.get(i), all.get(j));
        pairs++;
      }
    }
    return pairs == 0 ? 0 : sum / pairs;
  }

  static double between(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double d = a[i] - b[i];
      sum += d * d;
    }
    return Math.sqrt(sum / a.length);
  }

  /** Means of the cells of each channel, from 0 to 1; cells at the edges may be smaller. */
  static float[] cells(Picture picture) {
    int width = picture.width();
    int height = picture.height();
    int columns = (width + CELL - 1) / CELL;
    int rows = (height + CELL - 1) / CELL;
    float[] sums = new float[3 * rows * columns];
    int[] counts = new int[sums.length];
    byte[] rgb = picture.rgb();
    for (int i = 0; i < rgb.length; i++) {
      int channel = i / (width * height);
      int y = i / width % height;
      int x = i % width;
      int cell = (channel * rows + y / CELL) * columns + x / CELL;
      sums[cell] += (rgb[i] & 0xff) / 255f;
      counts[cell]++;
    }
    for (int cell = 0; cell < sums.length; cell++) {
      sums[cell] /= counts[cell];
    }
    return sums;
  }
}
