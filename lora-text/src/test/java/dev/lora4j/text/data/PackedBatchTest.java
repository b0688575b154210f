package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where sequences lie in packed rows. */
class PackedBatchTest {
  private static TokenSequence sequence(int length, int first, int learnedFrom) {
    int[] ids = new int[length];
    boolean[] counted = new boolean[length];
    for (int i = 0; i < length; i++) {
      ids[i] = first + i;
      counted[i] = i >= learnedFrom;
    }
    return TokenSequence.of(ids, counted);
  }

  @Test
  void sequencesLieInTheFullestRowWithRoom() {
    List<TokenSequence> all =
        List.of(sequence(2, 10, 0), sequence(5, 20, 3), sequence(3, 30, 0), sequence(1, 40, 0));
    PackedBatch batch = PackedBatch.of(all, 9);
    assertEquals(3, batch.rows());
    assertEquals(5, batch.columns());
    assertArrayEquals(
        new long[] {20, 21, 22, 23, 24, 30, 31, 32, 10, 11, 40, 9, 9, 9, 9}, batch.ids());
    assertArrayEquals(new long[] {0, 1, 2, 3, 4, 0, 1, 2, 0, 1, 0, 0, 0, 0, 0}, batch.positions());
    assertArrayEquals(new long[] {2, 3, 5, 6, 8}, batch.places());
    assertArrayEquals(new long[] {23, 24, 31, 32, 11}, batch.targets());
  }

  /** No token is lost or there twice, whatever the lengths. */
  @Test
  void allTokensAreThereOnce() {
    for (int count = 1; count < 12; count++) {
      List<TokenSequence> all = new ArrayList<>();
      int tokens = 0;
      for (int i = 0; i < count; i++) {
        int length = 1 + (7 * i * i + 3 * count) % 13;
        all.add(sequence(length, 1000 * (i + 1), 0));
        tokens += length;
      }
      PackedBatch batch = PackedBatch.of(all, 0);
      assertEquals(tokens, Arrays.stream(batch.ids()).filter(id -> id > 0).distinct().count());
      assertEquals(tokens - count, batch.targets().length);
      assertTrue(batch.rows() <= count);
      for (int i = 0; i < batch.places().length; i++) {
        int place = (int) batch.places()[i];
        assertEquals(batch.targets()[i], batch.ids()[place + 1]);
        assertEquals(batch.ids()[place] + 1, batch.targets()[i], "the token before it is its own");
        assertEquals(batch.positions()[place] + 1, batch.positions()[place + 1]);
      }
    }
  }
}
