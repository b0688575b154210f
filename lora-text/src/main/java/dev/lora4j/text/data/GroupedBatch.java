package dev.lora4j.text.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Completions of prompts, in rows that have a prompt once and several of its completions behind it.
 * Completions of which nothing counts are left out.
 *
 * @param rows number of rows
 * @param columns length of each with its padding
 * @param ids [rows, columns]
 * @param positions [rows, columns], of a token in its prompt with its completion
 * @param segments [rows, columns]: 0 for a prompt, from 1 on for its completions, -1 for padding
 * @param places where the tokens are that each token that counts comes after, in the order of the
 *     completions
 * @param targets the tokens that count, in the same order
 */
@SuppressWarnings("ArrayRecordComponent") // handed to tensors as they are, and never compared
public record GroupedBatch(
    int rows,
    int columns,
    long[] ids,
    long[] positions,
    long[] segments,
    long[] places,
    long[] targets) {
  private static final int PADDING = -1;

  /** A prompt with some of its completions. */
  private record Row(TokenSequence first, int prompt, List<TokenSequence> completions) {
    int length() {
      return prompt + completions.stream().mapToInt(s -> s.ids().length - prompt).sum();
    }
  }

  /**
   * Lays completions out.
   *
   * @param sequences prompts with completions, of which the completions alone count; those of a
   *     prompt side by side
   * @param padId what fills the rest
   * @param pairCost what a pair of tokens that may attend to each other costs, as a share of what a
   *     token costs elsewhere: how many completions a row has is chosen by it
   */
  public static GroupedBatch of(List<TokenSequence> sequences, int padId, double pairCost) {
    List<Row> rows = new ArrayList<>();
    for (List<TokenSequence> group : groups(sequences)) {
      rows.addAll(rows(group, pairCost));
    }
    if (rows.isEmpty()) {
      // Nothing counts; a program has a row in any case.
      rows.add(new Row(sequences.get(0), 1, List.of()));
    }
    return laid(rows, padId);
  }

  /** Sequences that count, those of the same prompt together. */
  private static List<List<TokenSequence>> groups(List<TokenSequence> sequences) {
    List<List<TokenSequence>> groups = new ArrayList<>();
    for (TokenSequence one : sequences) {
      if (one.learned() == 0) {
        continue;
      }
      if (groups.isEmpty() || !same(groups.get(groups.size() - 1).get(0), one)) {
        groups.add(new ArrayList<>());
      }
      groups.get(groups.size() - 1).add(one);
    }
    return groups;
  }

  private static boolean same(TokenSequence a, TokenSequence b) {
    int prompt = prompt(a);
    return prompt == prompt(b) && Arrays.equals(a.ids(), 0, prompt, b.ids(), 0, prompt);
  }

  private static int prompt(TokenSequence sequence) {
    return sequence.ids().length - sequence.learned();
  }

  /** The rows of a group in which their tokens and pairs of these cost the least. */
  private static List<Row> rows(List<TokenSequence> group, double pairCost) {
    List<Row> best = List.of();
    double least = Double.POSITIVE_INFINITY;
    for (int together = 1; together <= group.size(); together++) {
      List<Row> rows = rows(group, together);
      double longest = rows.stream().mapToInt(Row::length).max().orElse(0);
      double cost = rows.size() * longest * (1 + pairCost * longest);
      if (cost < least) {
        least = cost;
        best = rows;
      }
    }
    return best;
  }

  private static List<Row> rows(List<TokenSequence> group, int together) {
    List<Row> rows = new ArrayList<>();
    for (int from = 0; from < group.size(); from += together) {
      List<TokenSequence> some = group.subList(from, Math.min(group.size(), from + together));
      rows.add(new Row(some.get(0), prompt(some.get(0)), some));
    }
    return rows;
  }

  private static GroupedBatch laid(List<Row> rows, int padId) {
    int columns = rows.stream().mapToInt(Row::length).max().orElseThrow();
    long[] ids = new long[Math.multiplyExact(rows.size(), columns)];
    long[] positions = new long[ids.length];
    long[] segments = new long[ids.length];
    Arrays.fill(ids, padId);
    Arrays.fill(segments, PADDING);
    List<Long> places = new ArrayList<>();
    List<Long> targets = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      Row row = rows.get(r);
      int start = Math.multiplyExact(r, columns);
      for (int i = 0; i < row.prompt; i++) {
        ids[start + i] = row.first.ids()[i];
        positions[start + i] = i;
        segments[start + i] = 0;
      }
      int at = start + row.prompt;
      for (int c = 0; c < row.completions.size(); c++) {
        int[] whole = row.completions.get(c).ids();
        for (int i = row.prompt; i < whole.length; i++, at++) {
          ids[at] = whole[i];
          positions[at] = i;
          segments[at] = c + 1L;
          // The first token of a completion comes after the prompt.
          places.add(i == row.prompt ? start + row.prompt - 1L : at - 1L);
          targets.add((long) whole[i]);
        }
      }
    }
    return new GroupedBatch(
        rows.size(), columns, ids, positions, segments, longs(places), longs(targets));
  }

  private static long[] longs(List<Long> numbers) {
    return numbers.stream().mapToLong(n -> n).toArray();
  }
}
