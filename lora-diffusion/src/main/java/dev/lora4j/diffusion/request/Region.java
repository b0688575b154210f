package dev.lora4j.diffusion.request;

import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.RegionMask;
import java.awt.image.BufferedImage;

/** Region of a picture in which an adapter counts, given by a grey mask. */
public final class Region {
  private static final float WHITE = 3 * 255;

  private Region() {}

  /**
   * White counts fully, black not at all. The mask is stretched over the picture, whatever its own
   * size.
   *
   * @param name for people, such as the mask's file
   * @throws IllegalArgumentException if it is black everywhere
   */
  public static RegionMask of(String name, BufferedImage mask) {
    int width = mask.getWidth();
    float[] shares = new float[width * mask.getHeight()];
    boolean any = false;
    for (int i = 0; i < shares.length; i++) {
      int rgb = mask.getRGB(i % width, i / width);
      shares[i] = ((rgb >> 16 & 0xff) + (rgb >> 8 & 0xff) + (rgb & 0xff)) / WHITE;
      any |= shares[i] > 0;
    }
    if (!any) {
      throw new IllegalArgumentException(
          "the region "
              + name
              + " is black everywhere, so its adapter would do nothing; white places are where it"
              + " counts");
    }
    return new RegionMask(name, new GridSize(mask.getHeight(), width), shares);
  }
}
