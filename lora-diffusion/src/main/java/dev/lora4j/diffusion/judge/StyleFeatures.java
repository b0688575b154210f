package dev.lora4j.diffusion.judge;

import dev.lora4j.diffusion.dataset.Picture;
import java.util.Arrays;

/**
 * Features of a picture's style, whatever it shows: the share of each colour (Swain and Ballard
 * 1991), the steepness of its edges at three scales and by brightness, its curvature between them,
 * pairs of equal pixels, the size of dark and light areas, and the distance of the drawing from the
 * picture's edges.
 */
final class StyleFeatures {
  private static final int COLOURS = 6;
  private static final int EDGES = 16;
  private static final int FEW = 8;
  private static final int COARSE = 12;
  private static final int LUMA = 4;
  private static final int[] SQUARES = {2, 3, 4, 5, 7, 9, 12, 15};
  private static final int RINGS = 6;
  private static final int RING = 2;
  private static final int LENGTH =
      COLOURS * COLOURS * COLOURS
          + 2 * EDGES
          + 4 * FEW
          + FEW
          + LUMA * FEW
          + 4 * COARSE
          + 2 * SQUARES.length
          + RINGS;

  private StyleFeatures() {}

  static float[] of(Picture picture) {
    float[] features = new float[LENGTH];
    ColourPlanes luma = ColourPlanes.luma(picture);
    int at = colours(picture, features);
    at = edges(luma, features, at);
    at = pairs(luma, features, at);
    at = saturation(picture, features, at);
    at = coarse(luma.shrunk(2), features, at);
    at = coarse(luma.shrunk(4), features, at);
    at = areas(luma, features, at);
    rings(luma, features, at);
    return features;
  }

  /** Histogram of colours: each pixel is shared between the eight colours of a grid around it. */
  private static int colours(Picture picture, float[] features) {
    byte[] rgb = picture.rgb();
    int plane = picture.width() * picture.height();
    int length = COLOURS * COLOURS * COLOURS;
    for (int i = 0; i < plane; i++) {
      int corner = 0;
      float[] above = new float[3];
      int step = 1;
      for (int c = 0; c < 3; c++) {
        float place = (rgb[c * plane + i] & 0xff) / 255f * (COLOURS - 1);
        int low = Math.min(COLOURS - 2, (int) place);
        above[c] = place - low;
        corner += low * step;
        step *= COLOURS;
      }
      for (int k = 0; k < 8; k++) {
        float share = 1;
        int bin = corner;
        step = 1;
        for (int c = 0; c < 3; c++) {
          boolean upper = (k >> c & 1) == 1;
          share *= upper ? above[c] : 1 - above[c];
          bin += upper ? step : 0;
          step *= COLOURS;
        }
        features[bin] += share / plane;
      }
    }
    for (int i = 0; i < length; i++) {
      features[i] = (float) Math.sqrt(features[i]);
    }
    return length;
  }

  private static int edges(ColourPlanes luma, float[] features, int from) {
    SoftHistogram slopes = new SoftHistogram(EDGES, Math.sqrt(2));
    SoftHistogram bends = new SoftHistogram(EDGES, 4);
    SoftHistogram[] byLuma = new SoftHistogram[LUMA];
    Arrays.setAll(byLuma, i -> new SoftHistogram(FEW, Math.sqrt(2)));
    float[] shares = new float[LUMA];
    for (int y = 0; y < luma.height(); y++) {
      for (int x = 0; x < luma.width(); x++) {
        double slope = luma.slope(x, y);
        slopes.add(slope);
        float here = luma.get(x, y);
        bends.add(
            Math.abs(
                4 * here
                    - luma.get(x - 1, y)
                    - luma.get(x + 1, y)
                    - luma.get(x, y - 1)
                    - luma.get(x, y + 1)));
        int bin = Math.min(LUMA - 1, (int) (here * LUMA));
        byLuma[bin].add(slope);
        shares[bin] += 1f / luma.at().length;
      }
    }
    int at = bends.write(features, slopes.write(features, from));
    for (int bin = 0; bin < LUMA; bin++) {
      int next = byLuma[bin].write(features, at);
      for (int i = at; i < next; i++) {
        features[i] *= (float) Math.sqrt(shares[bin]);
      }
      at = next;
    }
    return at;
  }

  /** Differences of neighbours, apart for those within a square of 2 pixels and across. */
  private static int pairs(ColourPlanes luma, float[] features, int from) {
    SoftHistogram[] pairs = new SoftHistogram[4];
    Arrays.setAll(pairs, i -> new SoftHistogram(FEW, 1));
    for (int y = 0; y + 1 < luma.height(); y++) {
      for (int x = 0; x + 1 < luma.width(); x++) {
        float here = luma.get(x, y);
        pairs[x % 2].add(Math.abs(luma.get(x + 1, y) - here));
        pairs[2 + y % 2].add(Math.abs(luma.get(x, y + 1) - here));
      }
    }
    int at = from;
    for (SoftHistogram pair : pairs) {
      at = pair.write(features, at);
    }
    return at;
  }

  private static int saturation(Picture picture, float[] features, int from) {
    byte[] rgb = picture.rgb();
    int plane = picture.width() * picture.height();
    SoftHistogram saturation = new SoftHistogram(FEW, 1);
    for (int i = 0; i < plane; i++) {
      int r = rgb[i] & 0xff;
      int g = rgb[plane + i] & 0xff;
      int b = rgb[2 * plane + i] & 0xff;
      int range = Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b));
      saturation.add(range / 255.0);
    }
    return saturation.write(features, from);
  }

  private static int coarse(ColourPlanes luma, float[] features, int from) {
    SoftHistogram slopes = new SoftHistogram(COARSE, Math.sqrt(2));
    SoftHistogram darkness = new SoftHistogram(COARSE, 1);
    for (int y = 0; y < luma.height(); y++) {
      for (int x = 0; x < luma.width(); x++) {
        slopes.add(luma.slope(x, y));
        darkness.add(1 - luma.get(x, y));
      }
    }
    return darkness.write(features, slopes.write(features, from));
  }

  /** The shares of squares of several sizes that are dark as a whole, and light as a whole. */
  private static int areas(ColourPlanes luma, float[] features, int from) {
    int w = luma.width();
    int h = luma.height();
    int[][] dark = new int[h + 1][w + 1];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int one = luma.get(x, y) < 0.5f ? 1 : 0;
        dark[y + 1][x + 1] = dark[y][x + 1] + dark[y + 1][x] - dark[y][x] + one;
      }
    }
    int at = from;
    for (int side : SQUARES) {
      int whole = 0;
      int none = 0;
      int count = 0;
      for (int y = side; y <= h; y++) {
        for (int x = side; x <= w; x++) {
          int sum = dark[y][x] - dark[y - side][x] - dark[y][x - side] + dark[y - side][x - side];
          whole += sum == side * side ? 1 : 0;
          none += sum == 0 ? 1 : 0;
          count++;
        }
      }
      features[at++] = (float) Math.sqrt(whole / (double) Math.max(1, count));
      features[at++] = (float) Math.sqrt(none / (double) Math.max(1, count));
    }
    return at;
  }

  /** Darkness of nested rings of {@value #RING} pixels, from the edge inwards. */
  private static void rings(ColourPlanes luma, float[] features, int from) {
    double[] darkness = new double[RINGS];
    int[] counts = new int[RINGS];
    for (int y = 0; y < luma.height(); y++) {
      for (int x = 0; x < luma.width(); x++) {
        int toSide = Math.min(x, luma.width() - 1 - x);
        int ring = Math.min(toSide, Math.min(y, luma.height() - 1 - y)) / RING;
        if (ring < RINGS) {
          darkness[ring] += 1 - luma.get(x, y);
          counts[ring]++;
        }
      }
    }
    for (int ring = 0; ring < RINGS; ring++) {
      features[from + ring] = (float) Math.sqrt(darkness[ring] / Math.max(1, counts[ring]));
    }
  }
}
