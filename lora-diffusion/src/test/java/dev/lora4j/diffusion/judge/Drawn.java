package dev.lora4j.diffusion.judge;

import dev.lora4j.diffusion.dataset.Picture;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/** Pictures with known answers: a disc or bars at a place, in a colour, on white. */
final class Drawn {
  static final int SIDE = 32;

  private Drawn() {}

  static Picture disc(int x, int y, int size, Color color) {
    return of("disc", g -> g.fillOval(x, y, size, size), color);
  }

  static Picture bars(int x, int y, int size, Color color) {
    return of(
        "bars",
        g -> {
          for (int i = 0; i < size; i += 4) {
            g.fillRect(x, y + i, size, 2);
          }
        },
        color);
  }

  static Picture page(Color color) {
    return of("page", g -> g.fillRect(0, 0, SIDE, SIDE), color);
  }

  private interface Strokes {
    void on(Graphics2D g);
  }

  private static Picture of(String name, Strokes strokes, Color color) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, SIDE, SIDE);
    g.setColor(color);
    strokes.on(g);
    g.dispose();
    return Picture.of(name, name, image, SIDE, SIDE, Color.WHITE);
  }
}
