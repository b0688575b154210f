package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where completions lie behind their prompts. */
class GroupedBatchTest {
  private static TokenSequence sequence(int prompt, boolean counts, int... ids) {
    boolean[] counted = new boolean[ids.length];
    Arrays.fill(counted, prompt, ids.length, counts);
    return TokenSequence.of(ids, counted);
  }

  private static final List<TokenSequence> ALL =
      List.of(
          sequence(2, true, 1, 2, 11, 12),
          sequence(2, false, 1, 2, 20, 20),
          sequence(2, true, 1, 2, 31),
          sequence(1, true, 4, 41));

  @Test
  void completionsFollowTheirPrompt() {
    GroupedBatch batch = GroupedBatch.of(ALL, 9, 0);
    assertEquals(2, batch.rows());
    assertEquals(5, batch.columns());
    assertArrayEquals(new long[] {1, 2, 11, 12, 31, 4, 41, 9, 9, 9}, batch.ids());
    assertArrayEquals(new long[] {0, 1, 2, 3, 2, 0, 1, 0, 0, 0}, batch.positions());
    assertArrayEquals(new long[] {0, 0, 1, 1, 2, 0, 1, -1, -1, -1}, batch.segments());
    assertArrayEquals(new long[] {1, 2, 1, 5}, batch.places());
    assertArrayEquals(new long[] {11, 12, 31, 41}, batch.targets());
  }

  /** Where pairs of tokens cost much, rows are short. */
  @Test
  void rowsAreSplitWhereAttentionIsDear() {
    List<TokenSequence> four =
        List.of(
            sequence(1, true, 7, 11, 12, 13),
            sequence(1, true, 7, 21, 22, 23),
            sequence(1, true, 7, 31, 32, 33),
            sequence(1, true, 7, 41, 42, 43));
    assertEquals(1, GroupedBatch.of(four, 9, 0).rows());
    GroupedBatch batch = GroupedBatch.of(four, 9, 100);
    assertEquals(4, batch.rows());
    assertEquals(4, batch.columns());
    assertArrayEquals(new long[] {7, 31, 32, 33}, Arrays.copyOfRange(batch.ids(), 8, 12));
    assertArrayEquals(new long[] {8, 9, 10}, Arrays.copyOfRange(batch.places(), 6, 9));
  }

  @Test
  void rowIsThereIfNothingCounts() {
    GroupedBatch batch = GroupedBatch.of(ALL.subList(1, 2), 9, 0);
    assertArrayEquals(new long[] {1}, batch.ids());
    assertEquals(0, batch.targets().length);
  }
}
