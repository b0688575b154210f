package dev.lora4j.core.adapter.pruning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The least are those that a stable sort puts first, ties, zeros and extremes included. */
class SelectionTest {
  private static final int SIZE = 700;

  private static float[] scores(long seed) {
    Random random = new Random(seed);
    float[] scores = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      scores[i] =
          switch (random.nextInt(6)) {
            case 0 -> 0f;
            case 1 -> -0f;
            case 2 -> Float.MIN_VALUE * (1 + random.nextInt(3));
            case 3 -> random.nextInt(4);
            case 4 -> Float.MAX_VALUE;
            default -> random.nextFloat();
          };
    }
    return scores;
  }

  private static BitSet sorted(float[] scores, BitSet among, int count, boolean least) {
    Comparator<Integer> order = Comparator.comparing((Integer i) -> scores[i] + 0f);
    BitSet chosen = new BitSet();
    IntStream indices = among.stream();
    long skipped = least ? 0 : among.cardinality() - count;
    indices.boxed().sorted(order).skip(skipped).limit(count).forEach(chosen::set);
    return chosen;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 350, 499, 699, 700})
  void leastAndGreatestAreThoseOfAStableSort(int count) {
    for (long seed = 0; seed < 20; seed++) {
      float[] scores = scores(seed);
      BitSet all = Selection.all(SIZE);
      assertEquals(sorted(scores, all, count, true), Selection.least(scores, all, count));
      assertEquals(sorted(scores, all, count, false), Selection.greatest(scores, all, count));
      BitSet some = new BitSet();
      new Random(seed).ints(count, 0, SIZE).forEach(some::set);
      int half = some.cardinality() / 2;
      assertEquals(sorted(scores, some, half, true), Selection.least(scores, some, half));
    }
  }
}
