package dev.lora4j.text.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU of texts against their references (Papineni et al. 2002, "BLEU"): over all texts together,
 * with one reference each, words divided as mteval-v13a does, and its exponential smoothing of
 * lengths of which no sequence is found. The same numbers as sacrebleu's with its defaults.
 *
 * @param score from 0 to 100
 * @param precisions for sequences of 1 to 4 words, how many of 100 are in the reference, smoothed
 * @param brevity what the score is multiplied by as the texts are short; at most 1
 * @param words of the texts
 * @param referenceWords of the references
 */
public record Bleu(
    double score, List<Double> precisions, double brevity, long words, long referenceWords) {
  private static final int ORDER = 4;

  /** Copies its list. */
  public Bleu {
    precisions = List.copyOf(precisions);
  }

  /**
   * Scores texts.
   *
   * @param references one for each text
   * @throws IllegalArgumentException if there are more of the one than of the other, or none
   */
  public static Bleu of(List<String> texts, List<String> references) {
    if (texts.isEmpty() || texts.size() != references.size()) {
      throw new IllegalArgumentException(
          "BLEU takes one reference for each of one or more texts, found "
              + texts.size()
              + " texts and "
              + references.size()
              + " references.");
    }
    long[] found = new long[ORDER];
    long[] all = new long[ORDER];
    long words = 0;
    long referenceWords = 0;
    for (int i = 0; i < texts.size(); i++) {
      List<String> text = MtevalTokenizer.of(texts.get(i));
      List<String> reference = MtevalTokenizer.of(references.get(i));
      words += text.size();
      referenceWords += reference.size();
      for (int n = 1; n <= ORDER; n++) {
        Map<List<String>, Integer> wanted = sequences(reference, n);
        for (Map.Entry<List<String>, Integer> each : sequences(text, n).entrySet()) {
          all[n - 1] += each.getValue();
          found[n - 1] += Math.min(each.getValue(), wanted.getOrDefault(each.getKey(), 0));
        }
      }
    }
    return of(found, all, words, referenceWords);
  }

  private static Map<List<String>, Integer> sequences(List<String> words, int length) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int from = 0; from + length <= words.size(); from++) {
      counts.merge(words.subList(from, from + length), 1, Integer::sum);
    }
    return counts;
  }

  private static Bleu of(long[] found, long[] all, long words, long referenceWords) {
    double brevity =
        words >= referenceWords
            ? 1
            : words == 0 ? 0 : Math.exp(1 - referenceWords / (double) words);
    List<Double> precisions = new ArrayList<>();
    double logarithms = 0;
    double smooth = 1;
    for (int n = 0; n < ORDER; n++) {
      // Each further length of which nothing is found counts half as much.
      smooth *= found[n] == 0 ? 2 : 1;
      double share = found[n] == 0 ? 1 / smooth : found[n];
      double precision = found[0] == 0 || all[n] == 0 ? 0 : 100 * share / all[n];
      precisions.add(precision);
      logarithms += Math.log(precision);
    }
    return new Bleu(
        brevity * Math.exp(logarithms / ORDER), precisions, brevity, words, referenceWords);
  }
}
