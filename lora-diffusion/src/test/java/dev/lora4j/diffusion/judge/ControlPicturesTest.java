package dev.lora4j.diffusion.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.Picture;
import java.awt.Color;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlPicturesTest {
  @Test
  void desaturatedIsTheLumaInEachChannel() {
    byte[] grey = ControlPictures.desaturated(Drawn.page(Color.RED)).rgb();
    for (byte level : grey) {
      assertEquals(Math.round(0.299 * 255), level & 0xff);
    }
    Picture black = Drawn.page(Color.BLACK);
    assertArrayEquals(black.rgb(), ControlPictures.desaturated(black).rgb());
  }

  @Test
  void theMeanOfBlackAndWhiteIsGrey() {
    Picture mean = ControlPictures.mean(List.of(Drawn.page(Color.BLACK), Drawn.page(Color.WHITE)));
    assertEquals(128, mean.rgb()[0] & 0xff);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> ControlPictures.mean(List.of()))
            .getMessage()
            .contains("at least one"));
  }

  @Test
  void meanOfDifferentSizesIsRefused() {
    Picture small = ControlPictures.blank(8, 8);
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> ControlPictures.mean(List.of(Drawn.page(Color.RED), small)))
            .getMessage()
            .contains("8x8"));
  }

  @Test
  void aBlankPageIsWhite() {
    assertArrayEquals(
        Drawn.page(Color.WHITE).rgb(), ControlPictures.blank(Drawn.SIDE, Drawn.SIDE).rgb());
  }
}
