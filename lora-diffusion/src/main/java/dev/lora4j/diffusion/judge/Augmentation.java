package dev.lora4j.diffusion.judge;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.Picture;

/**
 * Random changes of a picture before a classifier in training sees it, so that it judges rough
 * pictures of a small model by what they show.
 *
 * @param shift greatest displacement in each direction, in pixels
 * @param zoom greatest change of size: 0.1 draws it between 0.9 and 1.1 times as large
 * @param blur greatest radius of the square that each pixel becomes the mean of
 * @param noise greatest deviation of what is added to each level, of 255
 * @param grey share of pictures that lose their colours
 * @param tint greatest factor by which a channel's distance from white grows or shrinks, less 1
 */
public record Augmentation(
    int shift, double zoom, int blur, double noise, double grey, double tint) {
  private static final int WHITE = 255;

  /** The picture after it; half of all are mirrored. */
  Picture of(Picture picture, SeededNoise random) {
    Picture turned = random.uniform() < 0.5 ? picture.flipped() : picture;
    Picture moved = moved(turned, random);
    Picture grey = random.uniform() < grey() ? ControlPictures.desaturated(moved) : moved;
    Picture soft = Blur.of(grey, random.index(blur + 1));
    return coloured(soft, random);
  }

  private Picture moved(Picture picture, SeededNoise random) {
    double dx = (2 * random.uniform() - 1) * shift;
    double dy = (2 * random.uniform() - 1) * shift;
    double scale = 1 + (2 * random.uniform() - 1) * zoom;
    int width = picture.width();
    int height = picture.height();
    byte[] from = picture.rgb();
    byte[] to = new byte[from.length];
    int plane = width * height;
    for (int y = 0; y < height; y++) {
      double sy = (y - height / 2.0) / scale + height / 2.0 - dy;
      for (int x = 0; x < width; x++) {
        double sx = (x - width / 2.0) / scale + width / 2.0 - dx;
        for (int c = 0; c < 3; c++) {
          to[c * plane + y * width + x] = level(from, c * plane, width, height, sx, sy);
        }
      }
    }
    return new Picture(picture.name(), picture.caption(), width, height, to);
  }

  /** Between the four pixels around a place; white outside. */
  private static byte level(byte[] rgb, int plane, int width, int height, double x, double y) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    double sum = 0;
    for (int j = 0; j < 2; j++) {
      for (int i = 0; i < 2; i++) {
        int px = left + i;
        int py = top + j;
        boolean inside = px >= 0 && px < width && py >= 0 && py < height;
        int value = inside ? rgb[plane + py * width + px] & 0xff : WHITE;
        sum += value * (1 - Math.abs(x - px)) * (1 - Math.abs(y - py));
      }
    }
    return (byte) Math.round(sum);
  }

  private Picture coloured(Picture picture, SeededNoise random) {
    double deviation = noise * random.uniform();
    byte[] from = picture.rgb();
    byte[] to = new byte[from.length];
    int plane = picture.width() * picture.height();
    for (int c = 0; c < 3; c++) {
      double factor = 1 + (2 * random.uniform() - 1) * tint;
      for (int i = c * plane; i < (c + 1) * plane; i++) {
        double level = WHITE - (WHITE - (from[i] & 0xff)) * factor + deviation * random.gaussian();
        to[i] = (byte) Math.round(Math.max(0, Math.min(WHITE, level)));
      }
    }
    return new Picture(picture.name(), picture.caption(), picture.width(), picture.height(), to);
  }
}
