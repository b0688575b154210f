package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Areas on grids of other sizes. */
class RegionMaskTest {
  @Test
  void gridCellsHaveTheMeanOfTheMask() {
    RegionMask area = new RegionMask("a", new GridSize(2, 4), 0, 1, 1, 1, 0, 0, 0, 1);
    assertArrayEquals(new float[] {0.25f, 0.75f}, area.on(new GridSize(1, 2)), 1e-6f);
    assertArrayEquals(new float[] {0.5f}, area.on(new GridSize(1, 1)), 1e-6f);
    float[] finer = Arrays.copyOf(area.on(new GridSize(4, 8)), 8);
    assertArrayEquals(new float[] {0, 0, 1, 1, 1, 1, 1, 1}, finer, "the first row");
  }

  /** The mean stays, and nothing appears that the area does not touch. */
  @Property(tries = 200)
  void nothingIsAddedOrLost(
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 1, max = 20) int columns,
      @ForAll @IntRange(min = 1, max = 20) int otherRows,
      @ForAll @IntRange(min = 1, max = 20) int otherColumns,
      @ForAll @IntRange(min = 1, max = 1000) int seed) {
    float[] shares = new float[rows * columns];
    double before = 0;
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Math.max(0, (float) Math.sin((double) seed * (i + 1)));
      before += shares[i] / shares.length;
    }
    RegionMask area = new RegionMask("a", new GridSize(rows, columns), shares);
    float[] found = area.on(new GridSize(otherRows, otherColumns));
    double after = 0;
    for (int i = 0; i < found.length; i++) {
      after += found[i] / found.length;
      double most = 0;
      for (int j = 0; j < shares.length; j++) {
        boolean over =
            overlap(i / otherColumns, otherRows, j / columns, rows)
                && overlap(i % otherColumns, otherColumns, j % columns, columns);
        most = over ? Math.max(most, shares[j]) : most;
      }
      assertTrue(found[i] >= 0 && found[i] <= most + 1e-6, "place " + i);
      assertTrue(most > 0 || found[i] == 0, "place " + i);
    }
    assertEquals(before, after, 1e-5);
  }

  private static boolean overlap(int a, int ofA, int b, int ofB) {
    return (long) a * ofB < (long) (b + 1) * ofA && (long) b * ofA < (long) (a + 1) * ofB;
  }

  @Test
  void identityDependsOnMaskNotName() {
    RegionMask one = new RegionMask("a", new GridSize(1, 2), 0, 1);
    assertEquals(one, new RegionMask("b", new GridSize(1, 2), 0, 1));
    assertEquals(one.hash(), new RegionMask("b", new GridSize(1, 2), 0, 1).hash());
    assertNotEquals(one, new RegionMask("a", new GridSize(2, 1), 0, 1));
    assertNotEquals(one.hash(), new RegionMask("a", new GridSize(2, 1), 0, 1).hash());
    assertNotEquals(one.hash(), new RegionMask("a", new GridSize(1, 2), 1, 0).hash());
  }

  @Test
  void invalidMasksAreRefused() {
    GridSize size = new GridSize(1, 2);
    assertThrows(IllegalArgumentException.class, () -> new RegionMask("a", size, 1));
    assertThrows(IllegalArgumentException.class, () -> new RegionMask("a", size, 1, 1.1f));
    assertThrows(IllegalArgumentException.class, () -> new RegionMask("a", size, 1, Float.NaN));
  }
}
