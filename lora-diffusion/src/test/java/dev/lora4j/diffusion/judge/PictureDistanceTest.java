package dev.lora4j.diffusion.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.Picture;
import java.awt.Color;
import java.util.List;
import org.junit.jupiter.api.Test;

class PictureDistanceTest {
  private static final Picture BLACK = Drawn.page(Color.BLACK);
  private static final Picture WHITE = Drawn.page(Color.WHITE);

  @Test
  void distanceRangesFromZeroToOne() {
    assertEquals(0, PictureDistance.between(BLACK, BLACK));
    assertEquals(1, PictureDistance.between(BLACK, WHITE), 1e-6);
    assertEquals(Math.sqrt(2 / 3.0), PictureDistance.between(WHITE, Drawn.page(Color.RED)), 1e-6);
  }

  @Test
  void shiftByOnePixelIsNear() {
    Picture disc = Drawn.disc(8, 8, 12, Color.BLACK);
    double aside = PictureDistance.between(disc, Drawn.disc(9, 8, 12, Color.BLACK));
    double elsewhere = PictureDistance.between(disc, Drawn.disc(18, 18, 12, Color.BLACK));
    assertTrue(aside > 0 && 3 * aside < elsewhere, aside + " " + elsewhere);
  }

  @Test
  void varietyIsTheMeanOverPairs() {
    assertEquals(0, PictureDistance.variety(List.of(BLACK)));
    assertEquals(2 / 3.0, PictureDistance.variety(List.of(BLACK, BLACK, WHITE)), 1e-6);
  }

  @Test
  void sizesMustBeTheSame() {
    Picture small = ControlPictures.blank(8, 8);
    assertThrows(IllegalArgumentException.class, () -> PictureDistance.between(BLACK, small));
  }
}
