package dev.lora4j.diffusion.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.Picture;
import java.awt.Color;
import org.junit.jupiter.api.Test;

class PictureFeaturesTest {
  private static double distance(PictureFeatures features, Picture a, Picture b) {
    float[] x = features.of(a);
    float[] y = features.of(b);
    assertEquals(x.length, y.length);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - y[i]) * (x[i] - y[i]);
    }
    return Math.sqrt(sum);
  }

  @Test
  void styleIsHowAndInWhichColours() {
    Picture disc = Drawn.disc(4, 6, 12, Color.RED);
    double mirrored = distance(PictureFeatures.STYLE, disc, disc.flipped());
    double barred = distance(PictureFeatures.STYLE, disc, Drawn.bars(4, 6, 12, Color.RED));
    double blue = distance(PictureFeatures.STYLE, disc, Drawn.disc(4, 6, 12, Color.BLUE));
    assertTrue(mirrored < 0.05, "" + mirrored);
    assertTrue(barred > 0.3 && blue > 0.3, barred + " " + blue);
  }

  @Test
  void drawingFeaturesDependOnPlaceNotColour() {
    Picture disc = Drawn.disc(4, 6, 12, Color.RED);
    double blue = distance(PictureFeatures.DRAWING, disc, Drawn.disc(4, 6, 12, Color.MAGENTA));
    double moved = distance(PictureFeatures.DRAWING, disc, Drawn.disc(16, 18, 12, Color.RED));
    assertTrue(2 * blue < moved, blue + " " + moved);
  }
}
