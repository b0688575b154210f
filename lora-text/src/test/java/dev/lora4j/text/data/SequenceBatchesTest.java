package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceBatchesTest {
  private static final List<TokenSequence> SEQUENCES =
      IntStream.range(0, 103).mapToObj(i -> sequence(i % 17 + 1, i)).toList();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sequencesComeOncePerEpochReshuffled(boolean byLength) {
    SequenceBatches batches = new SequenceBatches(SEQUENCES, 8, 5, byLength);
    assertEquals(13, batches.perEpoch());
    List<List<TokenSequence>> epochs = new ArrayList<>();
    for (int epoch = 0; epoch < 2; epoch++) {
      List<TokenSequence> seen = new ArrayList<>();
      for (int step = 0; step < 13; step++) {
        seen.addAll(batches.batch(epoch * 13L + step));
      }
      epochs.add(List.copyOf(seen));
      seen.sort(Comparator.comparingInt(s -> s.ids()[0]));
      assertEquals(SEQUENCES, seen);
    }
    assertNotEquals(epochs.get(0), epochs.get(1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void batchDependsOnSeedAndNumberAlone(boolean byLength) {
    SequenceBatches one = new SequenceBatches(SEQUENCES, 8, 5, byLength);
    SequenceBatches two = new SequenceBatches(SEQUENCES, 8, 5, byLength);
    for (long step = 40; step >= 0; step--) {
      two.batch(step);
    }
    for (long step : new long[] {0, 39, 12, 13}) {
      assertEquals(one.batch(step), two.batch(step));
    }
    assertNotEquals(one.batch(0), new SequenceBatches(SEQUENCES, 8, 6, byLength).batch(0));
  }

  @Test
  void likeLengthsComeTogether() {
    SequenceBatches mixed = new SequenceBatches(SEQUENCES, 8, 5, false);
    SequenceBatches like = new SequenceBatches(SEQUENCES, 8, 5, true);
    assertTrue(padding(like) * 4 < padding(mixed), padding(like) + " " + padding(mixed));
  }

  @Test
  void aBatchIsPaddedOnTheRight() {
    TokenSequence shorter = TokenSequence.of(new int[] {1, 2}, new boolean[] {false, true});
    TokenSequence longer = TokenSequence.of(new int[] {3, 4, 5}, new boolean[] {true, false, true});
    PaddedBatch plain = PaddedBatch.of(List.of(shorter, longer), 9, 1);
    assertArrayEquals(new int[] {1, 2, 9, 3, 4, 5}, plain.ids());
    assertArrayEquals(new float[] {1, 1, 0, 1, 1, 1}, plain.present());
    assertArrayEquals(new float[] {0, 1, 0, 1, 0, 1}, plain.learned());
    PaddedBatch eights = PaddedBatch.of(List.of(shorter, longer), 9, 8);
    assertEquals(8, eights.columns());
    assertEquals(16, eights.ids().length);
    TokenSequence pair = new TokenSequence(new int[] {1}, new boolean[1], new int[] {6, 7}, -1);
    assertArrayEquals(new float[] {1, 1}, PaddedBatch.ofTargets(List.of(pair), 9, 1).learned());
  }

  @Test
  void emptyBatchesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SequenceBatches(List.of(), 1, 0, false));
    assertThrows(IllegalArgumentException.class, () -> new SequenceBatches(SEQUENCES, 0, 0, false));
    assertThrows(IllegalArgumentException.class, () -> PaddedBatch.of(List.of(), 0, 1));
  }

  private static int padding(SequenceBatches batches) {
    int padding = 0;
    for (int step = 0; step < batches.perEpoch(); step++) {
      PaddedBatch batch = PaddedBatch.of(batches.batch(step), 0, 1);
      padding +=
          (int)
              IntStream.range(0, batch.present().length)
                  .filter(i -> batch.present()[i] == 0)
                  .count();
    }
    return padding;
  }

  private static TokenSequence sequence(int length, int first) {
    int[] ids = new int[length];
    Arrays.fill(ids, first);
    return TokenSequence.of(ids, new boolean[length]);
  }
}
