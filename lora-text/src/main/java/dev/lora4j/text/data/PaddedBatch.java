package dev.lora4j.text.data;

import java.util.Arrays;
import java.util.List;

/**
 * Sequences side by side, padded on the right to the longest; row by row.
 *
 * @param rows number of sequences
 * @param columns length of each with its padding
 * @param ids [rows, columns]
 * @param present [rows, columns], 1 for a token and 0 for padding
 * @param learned [rows, columns], 1 for a token that is learned, 0 for others and for padding
 */
@SuppressWarnings("ArrayRecordComponent") // handed to tensors as they are, and never compared
public record PaddedBatch(int rows, int columns, int[] ids, float[] present, float[] learned) {
  /**
   * The ids of sequences.
   *
   * @param padId what fills the rest
   * @param multiple the length is rounded up to a multiple of this, 1 for none
   */
  public static PaddedBatch of(List<TokenSequence> sequences, int padId, int multiple) {
    return of(
        sequences.stream().map(TokenSequence::ids).toList(),
        sequences.stream().map(TokenSequence::counted).toList(),
        padId,
        multiple);
  }

  /** The targets of sequences, all of which are learned; otherwise as {@link #of}. */
  public static PaddedBatch ofTargets(List<TokenSequence> sequences, int padId, int multiple) {
    List<int[]> targets = sequences.stream().map(TokenSequence::target).toList();
    List<boolean[]> counted =
        targets.stream()
            .map(
                target -> {
                  boolean[] all = new boolean[target.length];
                  Arrays.fill(all, true);
                  return all;
                })
            .toList();
    return of(targets, counted, padId, multiple);
  }

  private static PaddedBatch of(
      List<int[]> rows, List<boolean[]> counted, int padId, int multiple) {
    if (rows.isEmpty() || multiple < 1) {
      throw new IllegalArgumentException(
          "A batch needs a sequence and a multiple from 1 on, not %d and %d."
              .formatted(rows.size(), multiple));
    }
    int longest = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    int columns = (longest + multiple - 1) / multiple * multiple;
    int[] ids = new int[rows.size() * columns];
    float[] present = new float[ids.length];
    float[] learned = new float[ids.length];
    Arrays.fill(ids, padId);
    for (int row = 0; row < rows.size(); row++) {
      int start = row * columns;
      int[] from = rows.get(row);
      System.arraycopy(from, 0, ids, start, from.length);
      Arrays.fill(present, start, start + from.length, 1);
      for (int i = 0; i < from.length; i++) {
        learned[start + i] = counted.get(row)[i] ? 1 : 0;
      }
    }
    return new PaddedBatch(rows.size(), columns, ids, present, learned);
  }
}
