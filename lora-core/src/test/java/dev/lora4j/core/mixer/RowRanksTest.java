package dev.lora4j.core.mixer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Beside a sort by comparisons, which keeps the order of equals. */
class RowRanksTest {
  private static float[] sorted(float[] numbers, int width) {
    float[] places = new float[numbers.length];
    for (int row = 0; row < numbers.length; row += width) {
      int first = row;
      int[] order =
          IntStream.range(0, width)
              .boxed()
              .sorted(Comparator.comparing(i -> Math.abs(numbers[first + i])))
              .mapToInt(i -> i)
              .toArray();
      for (int i = 0; i < width; i++) {
        places[row + order[i]] = i;
      }
    }
    return places;
  }

  private static int[] bits(float[] numbers) {
    int[] bits = new int[numbers.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(numbers[i]));
    return bits;
  }

  @Test
  void placesAreThoseOfAStableSort() {
    Random random = new Random(3);
    for (int width : new int[] {1, 2, 7, 64, 1280}) {
      float[] numbers = new float[5 * width];
      for (int i = 0; i < numbers.length; i++) {
        double size = Math.pow(10, random.nextInt(70) - 35);
        numbers[i] =
            random.nextInt(4) == 0 ? random.nextInt(3) - 1 : (float) (size * random.nextGaussian());
      }
      assertArrayEquals(sorted(numbers, width), RowRanks.places(bits(numbers), width));
    }
  }

  @Test
  void equalNumbersStandInTheirOrder() {
    float[] numbers = {-2, 0, 2, -0f, 2, 1};
    assertArrayEquals(new float[] {3, 0, 4, 1, 5, 2}, RowRanks.places(bits(numbers), 6));
  }
}
