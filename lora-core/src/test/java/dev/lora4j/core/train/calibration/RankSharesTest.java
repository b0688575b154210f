package dev.lora4j.core.train.calibration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.calibration.RankShares.Layer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How many directions layers get. */
class RankSharesTest {
  private static long[] ranks(long least, long greatest, double... scores) {
    List<Layer> layers = new ArrayList<>();
    for (double score : scores) {
      layers.add(new Layer(score, 10, 8, least, greatest));
    }
    return RankShares.of(layers);
  }

  @Test
  void ranksAreInProportionToScores() {
    assertArrayEquals(new long[] {4, 8, 12}, ranks(1, 16, 1, 2, 3));
    assertArrayEquals(new long[] {8, 8, 8}, ranks(1, 16, 5, 5, 5));
  }

  @Test
  void whatBoundsTakeGoesToTheOthers() {
    assertArrayEquals(new long[] {16, 4, 4}, ranks(1, 16, 100, 1, 1));
    assertArrayEquals(new long[] {2, 16, 6}, ranks(2, 16, 1e-30, 1e9, 1e8));
    // A layer without a gradient keeps the least.
    assertArrayEquals(new long[] {1, 16, 7}, ranks(1, 16, 0, 1e9, 4e8));
  }

  @Test
  void remaindersGoToTheLargest() {
    // 10.91, 8.73 and 4.36: two directions are left.
    assertArrayEquals(new long[] {11, 9, 4}, ranks(1, 16, 5, 4, 2));
  }

  @Test
  void wideLayersPayMoreForADirection() {
    List<Layer> layers =
        List.of(
            new Layer(1, 100, 8, 1, 64), new Layer(1, 10, 8, 1, 64), new Layer(8, 10, 8, 1, 64));
    long[] ranks = RankShares.of(layers);
    long spent = 100 * ranks[0] + 10 * ranks[1] + 10 * ranks[2];
    assertTrue(spent <= 960 && spent > 860, String.valueOf(spent));
    assertTrue(Math.abs(ranks[0] - ranks[1]) <= 1);
    assertTrue(ranks[2] > 6 * ranks[0]);
  }

  @Test
  void neverMoreThanTheUsualRanksHave() {
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      List<Layer> layers = new ArrayList<>();
      int count = 1 + random.nextInt(20);
      for (int l = 0; l < count; l++) {
        long usual = 1L + random.nextInt(16);
        double score = Math.exp(random.nextGaussian() * 10);
        layers.add(new Layer(score, 1 + random.nextInt(5000), usual, 1, 2 * usual));
      }
      long[] ranks = RankShares.of(layers);
      long spent = 0;
      long budget = 0;
      long costliest = 0;
      boolean all = true;
      for (int l = 0; l < count; l++) {
        Layer layer = layers.get(l);
        assertTrue(ranks[l] >= 1 && ranks[l] <= layer.greatest());
        spent += ranks[l] * layer.cost();
        budget += layer.usual() * layer.cost();
        costliest = Math.max(costliest, layer.cost());
        all &= ranks[l] == layer.greatest();
      }
      assertTrue(spent <= budget, spent + " of " + budget);
      assertTrue(all || spent + count * costliest > budget, spent + " of " + budget);
    }
  }

  @Test
  void withoutAGradientThereIsNoShare() {
    String told =
        assertThrows(IllegalArgumentException.class, () -> ranks(1, 16, 0, 0)).getMessage();
    assertTrue(told.contains("No batch that was looked at gives any layer a gradient"), told);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> ranks(9, 16, 1, 2))
            .getMessage()
            .contains("lower the least rank"));
  }

  @Test
  void directionsThatExplainMostAreKept() {
    Map<String, double[]> shares = new LinkedHashMap<>();
    shares.put("a", new double[] {0.5, 0.2, 0.1});
    shares.put("b", new double[] {0.9, 0.05, 0.01});
    shares.put("c", new double[] {0.04, 0.03, 0.02});
    shares.put("d", new double[] {0.5, 0.2, 0.1});
    assertEquals(Map.of("a", 2, "b", 1, "c", 0, "d", 1), VariationRanks.of(shares, 4));
    assertEquals(Map.of("a", 3, "b", 3, "c", 3, "d", 3), VariationRanks.of(shares, 99));
  }
}
