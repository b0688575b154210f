package dev.lora4j.diffusion.clip;

import dev.lora4j.diffusion.clip.ClipVocabulary.Merge;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a small CLIP vocabulary for texts of one's own: the most frequent pair of neighbouring
 * tokens becomes a token, again and again (Sennrich et al. 2016, <i>Neural Machine Translation of
 * Rare Words with Subword Units</i>). The same texts and weights give the same vocabulary, in
 * whatever order they are added.
 *
 * <pre>{@code
 * var trainer = new ClipVocabularyTrainer();
 * trainer.add("a red fox", 8);
 * trainer.train(4096).write(Path.of("tokenizer"));
 * }</pre>
 */
public final class ClipVocabularyTrainer {
  /** Tokens that every vocabulary has: the bytes, the bytes at a word's end, start and end. */
  public static final int FIXED_TOKENS = 2 * 256 + 2;

  /** CLIP's idea of a word. The tokeniser's own expression, without the special tokens. */
  private static final Pattern WORD =
      Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\p{IsWhite_Space}\\p{L}\\p{N}]+");

  private final Map<String, Long> words = new TreeMap<>();

  /** Counts the words of {@code text}, lower-cased, {@code weight} times. */
  public void add(String text, long weight) {
    if (weight <= 0) {
      throw new IllegalArgumentException("weight must be positive, not " + weight);
    }
    String normal = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    Matcher matcher = WORD.matcher(normal);
    while (matcher.find()) {
      words.merge(matcher.group(), weight, Long::sum);
    }
  }

  /**
   * The vocabulary of at most {@code size} tokens; fewer if every word is whole before that.
   *
   * @throws IllegalArgumentException if {@code size} is below {@link #FIXED_TOKENS}
   */
  public ClipVocabulary train(int size) {
    if (size < FIXED_TOKENS) {
      throw new IllegalArgumentException(
          "a vocabulary has at least %d tokens, not %d".formatted(FIXED_TOKENS, size));
    }
    List<Word> parts = new ArrayList<>(words.size());
    Map<Merge, Pair> pairs = new HashMap<>();
    words.forEach((word, count) -> parts.add(new Word(ClipVocabulary.letters(word), count)));
    parts.forEach(word -> word.count(pairs, 1));

    List<Merge> merges = new ArrayList<>();
    Set<String> made = new HashSet<>();
    while (made.size() < size - FIXED_TOKENS && !pairs.isEmpty()) {
      Pair best = best(pairs.values());
      merges.add(best.merge);
      made.add(best.merge.joined());
      for (Word word : List.copyOf(best.words)) {
        word.count(pairs, -1);
        word.join(best.merge);
        word.count(pairs, 1);
      }
    }
    return ClipVocabulary.of(merges);
  }

  /** The most frequent pair; among equals the first in order. */
  private static Pair best(Collection<Pair> pairs) {
    return Collections.max(
        pairs,
        Comparator.<Pair>comparingLong(pair -> pair.count)
            .thenComparing(pair -> pair.merge, Comparator.reverseOrder()));
  }

  /** A pair of symbols: its count, and the words that have it. */
  private static final class Pair {
    final Merge merge;
    long count;
    final Set<Word> words = new HashSet<>();

    Pair(Merge merge) {
      this.merge = merge;
    }
  }

  /** A word as the tokens it has been joined to so far. Compared by identity. */
  private static final class Word {
    private List<String> tokens;
    private final long weight;

    Word(List<String> tokens, long weight) {
      this.tokens = tokens;
      this.weight = weight;
    }

    /** Adds this word's pairs to the statistics, or takes them out. */
    void count(Map<Merge, Pair> pairs, int sign) {
      for (int i = 0; i + 1 < tokens.size(); i++) {
        Merge key = new Merge(tokens.get(i), tokens.get(i + 1));
        Pair pair = pairs.computeIfAbsent(key, Pair::new);
        pair.count += sign * weight;
        if (sign > 0) {
          pair.words.add(this);
        } else {
          pair.words.remove(this);
        }
        if (pair.words.isEmpty()) {
          pairs.remove(key);
        }
      }
    }

    /** Joins every occurrence, from left to right. */
    void join(Merge merge) {
      List<String> joined = new ArrayList<>(tokens.size());
      for (int i = 0; i < tokens.size(); i++) {
        boolean here =
            i + 1 < tokens.size()
                && tokens.get(i).equals(merge.left())
                && tokens.get(i + 1).equals(merge.right());
        joined.add(here ? merge.joined() : tokens.get(i));
        i += here ? 1 : 0;
      }
      tokens = joined;
    }
  }
}
