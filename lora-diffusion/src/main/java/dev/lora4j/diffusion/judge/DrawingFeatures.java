package dev.lora4j.diffusion.judge;

import dev.lora4j.diffusion.dataset.Picture;

/**
 * Features of a drawing's shape and place: histograms of the directions of its edges in overlapping
 * cells, without the sign of the contrast (Dalal and Triggs 2005), the distance of each cell's
 * colour from white, and the parts of the picture that are not white.
 */
final class DrawingFeatures {
  private static final int CELLS = 8;
  private static final int DIRECTIONS = 8;
  private static final int COVER = 16;

  /** Contrasts above it count the same, so that a pale drawing is like a strong one. */
  private static final double STRONG = 0.5;

  private static final double PALE = 0.25;
  private static final int LENGTH = CELLS * CELLS * DIRECTIONS + 3 * CELLS * CELLS + COVER * COVER;

  private DrawingFeatures() {}

  static float[] of(Picture picture) {
    float[] features = new float[LENGTH];
    ColourPlanes[] channels = {
      ColourPlanes.channel(picture, 0),
      ColourPlanes.channel(picture, 1),
      ColourPlanes.channel(picture, 2)
    };
    int at = directions(channels, features);
    at = colours(channels, features, at);
    cover(channels, features, at);
    return features;
  }

  private static int directions(ColourPlanes[] channels, float[] features) {
    int w = channels[0].width();
    int h = channels[0].height();
    int length = CELLS * CELLS * DIRECTIONS;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        float dx = 0;
        float dy = 0;
        for (ColourPlanes channel : channels) {
          float cx = channel.slopeX(x, y);
          float cy = channel.slopeY(x, y);
          if (cx * cx + cy * cy > dx * dx + dy * dy) {
            dx = cx;
            dy = cy;
          }
        }
        double strength = Math.min(STRONG, Math.sqrt(dx * dx + dy * dy));
        if (strength > 0) {
          double turn = Math.atan2(dy, dx) / Math.PI;
          spread(features, x / (double) w, y / (double) h, turn - Math.floor(turn), strength);
        }
      }
    }
    double squares = 0;
    for (int i = 0; i < length; i++) {
      features[i] = (float) Math.sqrt(features[i]);
      squares += features[i] * features[i];
    }
    float scale = (float) (CELLS / (Math.sqrt(squares) + 1e-3));
    for (int i = 0; i < length; i++) {
      features[i] *= scale;
    }
    return length;
  }

  /** Adds to the four cells and the two directions around. */
  private static void spread(float[] features, double u, double v, double turn, double strength) {
    double px = u * CELLS - 0.5;
    double py = v * CELLS - 0.5;
    double pd = turn * DIRECTIONS;
    int x = (int) Math.floor(px);
    int y = (int) Math.floor(py);
    int d = (int) pd;
    for (int k = 0; k < 8; k++) {
      int cx = x + (k & 1);
      int cy = y + (k >> 1 & 1);
      int cd = (d + (k >> 2)) % DIRECTIONS;
      if (cx >= 0 && cx < CELLS && cy >= 0 && cy < CELLS) {
        double share =
            (1 - Math.abs(px - cx))
                * (1 - Math.abs(py - cy))
                * ((k >> 2) == 0 ? 1 - (pd - d) : pd - d);
        features[(cy * CELLS + cx) * DIRECTIONS + cd] += (float) (strength * share);
      }
    }
  }

  private static int colours(ColourPlanes[] channels, float[] features, int from) {
    int at = from;
    for (ColourPlanes channel : channels) {
      ColourPlanes cells = channel.shrunk(Math.max(1, channel.width() / CELLS));
      for (int i = 0; i < CELLS * CELLS; i++) {
        features[at++] = 1 - cells.get(i % CELLS, i / CELLS);
      }
    }
    return at;
  }

  private static void cover(ColourPlanes[] channels, float[] features, int from) {
    int w = channels[0].width();
    int h = channels[0].height();
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double least =
            Math.min(channels[0].get(x, y), Math.min(channels[1].get(x, y), channels[2].get(x, y)));
        double covered = Math.min(PALE, 1 - least) / PALE;
        int cell = y * COVER / h * COVER + x * COVER / w;
        features[from + cell] += (float) (covered * COVER * COVER / (w * h));
      }
    }
  }
}
