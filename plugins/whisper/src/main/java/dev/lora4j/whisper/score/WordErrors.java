package dev.lora4j.whisper.score;

import java.util.List;
import java.util.Locale;

/**
 * Word errors of transcripts: the fewest words that have to be exchanged, added or left out to make
 * the reference of them.
 *
 * @param substitutions words in place of others
 * @param deletions words of the reference that are not written
 * @param insertions words that are written and not in the reference
 * @param words of the reference
 */
public record WordErrors(long substitutions, long deletions, long insertions, long words) {
  /** Of no transcripts. */
  public static final WordErrors NONE = new WordErrors(0, 0, 0, 0);

  /** Errors of a transcript, both texts {@linkplain PlainText plain}. */
  public static WordErrors of(String reference, String transcript) {
    return of(PlainText.words(reference), PlainText.words(transcript));
  }

  /**
   * Errors of words. Of several alignments with as few errors that with the most exchanged words
   * counts.
   */
  static WordErrors of(List<String> reference, List<String> transcript) {
    int columns = transcript.size() + 1;
    WordErrors[] above = new WordErrors[columns];
    for (int j = 0; j < columns; j++) {
      above[j] = new WordErrors(0, 0, j, reference.size());
    }
    for (int i = 1; i <= reference.size(); i++) {
      WordErrors[] row = new WordErrors[columns];
      row[0] = new WordErrors(0, i, 0, reference.size());
      for (int j = 1; j < columns; j++) {
        boolean same = reference.get(i - 1).equals(transcript.get(j - 1));
        WordErrors best = same ? above[j - 1] : above[j - 1].and(1, 0, 0);
        best = best.least(above[j].and(0, 1, 0));
        row[j] = best.least(row[j - 1].and(0, 0, 1));
      }
      above = row;
    }
    return above[columns - 1];
  }

  private WordErrors and(int substituted, int deleted, int inserted) {
    return new WordErrors(
        substitutions + substituted, deletions + deleted, insertions + inserted, words);
  }

  private WordErrors least(WordErrors other) {
    return other.errors() < errors() ? other : this;
  }

  /** All errors. */
  public long errors() {
    return substitutions + deletions + insertions;
  }

  /** Word error rate: errors by words of the reference; may be above 1. */
  public double rate() {
    return words == 0 ? (errors() == 0 ? 0 : Double.POSITIVE_INFINITY) : (double) errors() / words;
  }

  /** Errors of both. */
  public WordErrors plus(WordErrors other) {
    return new WordErrors(
        substitutions + other.substitutions,
        deletions + other.deletions,
        insertions + other.insertions,
        words + other.words);
  }

  /** A line for people. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "word error rate %.1f %% (%d of %d words: %d wrong, %d missing, %d too many)",
        100 * rate(),
        errors(),
        words,
        substitutions,
        deletions,
        insertions);
  }
}
