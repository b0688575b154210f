package dev.lora4j.server.a1111;

import dev.lora4j.diffusion.dataset.image.PixelMap;

/** Fills what may change with colours of its surroundings, the nearer ones over the farther. */
final class MaskFill {
  private static final int MOST = 255;

  /** A layer: its blur, and how often it is laid on. */
  private record Layer(double deviation, int times) {}

  private static final Layer[] LAYERS = {
    new Layer(256, 1),
    new Layer(64, 1),
    new Layer(16, 2),
    new Layer(4, 4),
    new Layer(2, 2),
    new Layer(0, 1)
  };

  private MaskFill() {}

  /** The picture with its open places filled; all others stay as they are. */
  static PixelMap of(PixelMap picture, SoftMask mask) {
    int pixels = picture.width() * picture.height();
    float[] cover = new float[pixels];
    float[][] planes = new float[3][pixels];
    float[][] filled = new float[3][pixels];
    float[] opacity = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      cover[i] = 1 - mask.share()[i];
      for (int c = 0; c < 3; c++) {
        planes[c][i] = cover[i] * (picture.samples()[i * 3 + c] & 0xff);
      }
    }
    for (Layer layer : LAYERS) {
      float[] soft = blurred(cover, picture, layer.deviation());
      for (int c = 0; c < 3; c++) {
        lay(filled[c], blurred(planes[c], picture, layer.deviation()), soft, layer.times());
      }
      lay(opacity, soft, soft, layer.times());
    }
    byte[] samples = picture.samples().clone();
    for (int i = 0; i < pixels; i++) {
      for (int c = 0; c < 3 && mask.open(i); c++) {
        float value = opacity[i] > 0 ? filled[c][i] / opacity[i] : 0;
        samples[i * 3 + c] = (byte) Math.max(0, Math.min(MOST, Math.round(value)));
      }
    }
    return new PixelMap(picture.width(), picture.height(), 3, samples);
  }

  /** Lays a plane over another, which shows through by what the cover leaves. */
  private static void lay(float[] under, float[] over, float[] cover, int times) {
    for (int time = 0; time < times; time++) {
      for (int i = 0; i < under.length; i++) {
        under[i] = over[i] + (1 - cover[i]) * under[i];
      }
    }
  }

  private static float[] blurred(float[] plane, PixelMap picture, double deviation) {
    float[] soft = plane.clone();
    Blur.apply(soft, picture.width(), picture.height(), deviation, deviation);
    return soft;
  }
}
