package dev.lora4j.diffusion.record;

import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.RegionMask;
import java.awt.image.BufferedImage;
import java.util.Locale;

/**
 * Change of a picture by adapters with regions, inside the regions and outside. Attention and
 * normalisation carry what changes in one place to all others, so outside is more than nothing.
 *
 * @param inside mean distance of a colour's level, 0 to 255, each place by what of it lies inside
 * @param outside the same by what lies outside; 0 if nothing does
 */
public record Leakage(double inside, double outside) {
  /**
   * Compares a picture with the one made without its regional adapters.
   *
   * @throws IllegalArgumentException if they have different sizes
   */
  public static Leakage of(BufferedImage with, BufferedImage without, RegionMask area) {
    int width = with.getWidth();
    int height = with.getHeight();
    if (width != without.getWidth() || height != without.getHeight()) {
      throw new IllegalArgumentException("pictures of one size expected");
    }
    float[] shares = area.on(new GridSize(height, width));
    double in = 0;
    double out = 0;
    double inShares = 0;
    for (int i = 0; i < shares.length; i++) {
      int a = with.getRGB(i % width, i / width);
      int b = without.getRGB(i % width, i / width);
      double distance = 0;
      for (int shift = 0; shift < 24; shift += 8) {
        distance += Math.abs((a >> shift & 0xff) - (b >> shift & 0xff)) / 3.0;
      }
      in += shares[i] * distance;
      out += (1 - shares[i]) * distance;
      inShares += shares[i];
    }
    double outShares = shares.length - inShares;
    return new Leakage(in / inShares, outShares < 1e-6 ? 0 : out / outShares);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "changed by %.2f of 255 inside its region and by %.2f outside",
        inside,
        outside);
  }
}
