package dev.lora4j.diffusion.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.Picture;
import java.awt.Color;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TruthRankTest {
  private static Map<Integer, Picture> truths() {
    Map<Integer, Picture> truths = new LinkedHashMap<>();
    for (int i = 0; i < 24; i++) {
      truths.put(3 * i, Drawn.disc(i % 6 * 4, i / 6 * 5, 8, Color.BLACK));
    }
    return truths;
  }

  @Test
  void truthRanksFirstAtZeroDistance() {
    TruthRank ranks = new TruthRank(truths(), 20);
    assertEquals(20, ranks.among());
    truths().forEach((c, p) -> assertEquals(new TruthRank.Place(1, 0), ranks.place(p, c), "" + c));
  }

  @Test
  void samePictureForAllRanksFirstForFew() {
    TruthRank ranks = new TruthRank(truths(), 20);
    Picture mean = ControlPictures.mean(java.util.List.copyOf(truths().values()));
    for (Picture same : java.util.List.of(mean, ControlPictures.blank(Drawn.SIDE, Drawn.SIDE))) {
      long first = truths().keySet().stream().filter(c -> ranks.place(same, c).rank() == 1).count();
      assertTrue(first <= 3, "" + first);
    }
  }

  @Test
  void equalDistancesCountAgainstThePicture() {
    Map<Integer, Picture> same = new LinkedHashMap<>();
    for (int i = 0; i < 5; i++) {
      same.put(i, Drawn.page(Color.RED));
    }
    assertEquals(5, new TruthRank(same, 100).place(Drawn.page(Color.RED), 2).rank());
  }

  @Test
  void conceptWithoutTruthIsRefused() {
    TruthRank ranks = new TruthRank(truths(), 20);
    Picture page = Drawn.page(Color.RED);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> ranks.place(page, 1))
            .getMessage()
            .contains("concept 1"));
  }
}
