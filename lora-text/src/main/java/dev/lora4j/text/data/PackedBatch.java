package dev.lora4j.text.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences in few rows, one behind the other, by best fit in the order of falling lengths (Johnson
 * 1974): a row is as long as the longest sequence, so that little is padded and attention, whose
 * cost grows with the square of the length, costs no more.
 *
 * @param rows number of rows
 * @param columns length of each with its padding
 * @param ids [rows, columns]
 * @param positions [rows, columns], from 0 in each sequence; 0 where nothing is
 * @param places where the tokens are that each learned token comes after, row by row
 * @param targets the learned tokens, in the same order
 */
@SuppressWarnings("ArrayRecordComponent") // handed to tensors as they are, and never compared
public record PackedBatch(
    int rows, int columns, long[] ids, long[] positions, long[] places, long[] targets) {
  /**
   * Packs sequences.
   *
   * @param padId what fills the rest
   */
  public static PackedBatch of(List<TokenSequence> sequences, int padId) {
    int columns = sequences.stream().mapToInt(s -> s.ids().length).max().orElseThrow();
    List<List<TokenSequence>> rows = rows(sequences, columns);
    long[] ids = new long[rows.size() * columns];
    long[] positions = new long[ids.length];
    Arrays.fill(ids, padId);
    List<Long> places = new ArrayList<>();
    List<Long> targets = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      int at = row * columns;
      for (TokenSequence sequence : rows.get(row)) {
        for (int i = 0; i < sequence.ids().length; i++) {
          ids[at + i] = sequence.ids()[i];
          positions[at + i] = i;
          if (i > 0 && sequence.counted()[i]) {
            places.add(at + i - 1L);
            targets.add((long) sequence.ids()[i]);
          }
        }
        at += sequence.ids().length;
      }
    }
    return new PackedBatch(rows.size(), columns, ids, positions, longs(places), longs(targets));
  }

  /** Each sequence in the fullest row that has room for it, the longest first. */
  private static List<List<TokenSequence>> rows(List<TokenSequence> sequences, int columns) {
    List<List<TokenSequence>> rows = new ArrayList<>();
    List<Integer> room = new ArrayList<>();
    List<TokenSequence> falling =
        sequences.stream()
            .sorted(Comparator.comparingInt((TokenSequence s) -> -s.ids().length))
            .toList();
    for (TokenSequence sequence : falling) {
      int length = sequence.ids().length;
      int best =
          IntStream.range(0, rows.size())
              .filter(row -> room.get(row) >= length)
              .boxed()
              .min(Comparator.comparingInt(room::get))
              .orElse(rows.size());
      if (best == rows.size()) {
        rows.add(new ArrayList<>());
        room.add(columns);
      }
      rows.get(best).add(sequence);
      room.set(best, room.get(best) - length);
    }
    return rows;
  }

  private static long[] longs(List<Long> numbers) {
    return numbers.stream().mapToLong(n -> n).toArray();
  }
}
