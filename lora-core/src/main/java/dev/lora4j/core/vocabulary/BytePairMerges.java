package dev.lora4j.core.vocabulary;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Merges of a vocabulary by byte-pair encoding: the most frequent pair of neighbouring symbols
 * becomes a symbol, again and again (Sennrich et al. 2016, <i>Neural Machine Translation of Rare
 * Words with Subword Units</i>). The same words give the same merges, in whatever order they are
 * added.
 */
public final class BytePairMerges {
  private final Map<SymbolPair, Count> pairs = new HashMap<>();

  /**
   * Adds a word.
   *
   * @param symbols it consists of
   * @param weight how often it comes
   */
  public void add(List<String> symbols, long weight) {
    new Word(List.copyOf(symbols), weight).count(pairs, 1);
  }

  /**
   * Joins the most frequent pair in all words; among equally frequent ones the first in order.
   *
   * @return the pair; empty if every word is one symbol
   */
  public Optional<SymbolPair> next() {
    if (pairs.isEmpty()) {
      return Optional.empty();
    }
    Count best =
        Collections.max(
            pairs.values(),
            Comparator.<Count>comparingLong(count -> count.weight)
                .thenComparing(count -> count.pair, Comparator.reverseOrder()));
    for (Word word : List.copyOf(best.words)) {
      word.count(pairs, -1);
      word.join(best.pair);
      word.count(pairs, 1);
    }
    return Optional.of(best.pair);
  }

  /** How often a pair comes, and the words that have it. */
  private static final class Count {
    final SymbolPair pair;
    long weight;
    final Set<Word> words = new HashSet<>();

    Count(SymbolPair pair) {
      this.pair = pair;
    }
  }

  /** A word as the symbols it has been joined to so far. Compared by identity. */
  private static final class Word {
    private List<String> symbols;
    private final long weight;

    Word(List<String> symbols, long weight) {
      this.symbols = symbols;
      this.weight = weight;
    }

    /** Adds this word's pairs to the counts, or takes them out. */
    void count(Map<SymbolPair, Count> pairs, int sign) {
      for (int i = 0; i + 1 < symbols.size(); i++) {
        SymbolPair key = new SymbolPair(symbols.get(i), symbols.get(i + 1));
        Count count = pairs.computeIfAbsent(key, Count::new);
        count.weight += sign * weight;
        if (sign > 0) {
          count.words.add(this);
        } else {
          count.words.remove(this);
        }
        if (count.words.isEmpty()) {
          pairs.remove(key);
        }
      }
    }

    /** Joins every occurrence, from left to right. */
    void join(SymbolPair pair) {
      List<String> joined = new ArrayList<>(symbols.size());
      for (int i = 0; i < symbols.size(); i++) {
        boolean here =
            i + 1 < symbols.size()
                && symbols.get(i).equals(pair.left())
                && symbols.get(i + 1).equals(pair.right());
        joined.add(here ? pair.joined() : symbols.get(i));
        i += here ? 1 : 0;
      }
      symbols = joined;
    }
  }
}
